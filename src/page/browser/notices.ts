import { button, element } from './dom.js';
import { sentenceOfError } from './errors/sentence-of-error.js';
import type { ErrorSentence } from './errors/sentences.js';

/** The page's error line, and the line for people who do not see the picture. */
export class Notices {
  constructor(
    private readonly errors: HTMLElement,
    private readonly announcements: HTMLElement,
  ) {}

  announce(text: string): void {
    this.announcements.textContent = text;
  }

  showError(error: unknown): void {
    this.show(sentenceOfError(error));
  }

  show({ happened, todo }: ErrorSentence): void {
    this.errors.replaceChildren(
      element('strong', {}, happened),
      ' ',
      todo,
      ' ',
      button('Close', () => this.clear(), { class: 'quiet', 'aria-label': 'Close this message' }),
    );
    this.errors.hidden = false;
  }

  clear(): void {
    this.errors.replaceChildren();
    this.errors.hidden = true;
  }
}
