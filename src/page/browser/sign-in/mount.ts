import { button, element } from '../dom.js';
import type { Page } from '../page.js';
import { account } from './account.js';
import { newAccount } from './new-account.js';
import { signInForm } from './sign-in-form.js';

/** Signing in by each mode; then the user as the server sees it. */
export function mount(root: HTMLElement, page: Page): void {
  const place = element('div', { tabindex: -1 });
  root.append(place);
  const show = () => {
    const { user } = page.visitor;
    const hadFocus = place.contains(document.activeElement);
    if (user === undefined) place.replaceChildren(element('p', {}, 'Asking the server who you are …'));
    else if (user) place.replaceChildren(account(page, user));
    else place.replaceChildren(signInForm(page), quickStart(page));
    // What had the focus is gone: a screen reader goes on here.
    if (hadFocus) place.focus({ preventScroll: true });
  };
  page.visitor.onChange(show);
  show();
}

function quickStart(page: Page): HTMLElement {
  const make = () => page.run(() => newAccount(page));
  return element('p', {}, button('Or make an account with an invented address', make));
}
