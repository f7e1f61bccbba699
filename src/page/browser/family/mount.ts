import type { Page } from '../page.js';

/** Fills the section. */
export function mount(_root: HTMLElement, _page: Page): void {}
