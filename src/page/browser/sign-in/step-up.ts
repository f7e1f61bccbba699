import { AuthClientError } from 'nestjs-aerie/client';
import { button, element } from '../dom.js';
import type { ErrorSentence } from '../errors/sentences.js';
import { sentenceOfError } from '../errors/sentence-of-error.js';
import type { Page } from '../page.js';

/**
 * Does something that may need a recent sign-in: if the server asks for it, the user types the password, and it is done
 * again. Gives null when the user would rather not.
 */
export async function withRecentSignIn<T>(page: Page, work: () => Promise<T>): Promise<T | null> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof AuthClientError) || error.code !== 'AUTH_RECENT_SIGN_IN_REQUIRED') throw error;
    return (await steppedUp(page)) ? work() : null;
  }
}

/** Asks for the password until it is right, or the user closes the dialog. */
function steppedUp(page: Page): Promise<boolean> {
  return new Promise((resolve) => {
    const password = element('input', {
      id: 'step-up-password',
      type: 'password',
      autocomplete: 'current-password',
      required: true,
    });
    const refusal = element('p', { role: 'alert', class: 'bad' });
    let isDone = false;
    const submitted = async (event: Event) => {
      event.preventDefault();
      try {
        await page.client.stepUp({ password: password.value });
        isDone = true;
        dialog.close();
      } catch (error) {
        const { happened, todo } = refusalOf(error);
        refusal.textContent = `${happened} ${todo}`;
        password.select();
      }
    };
    const dialog: HTMLDialogElement = element(
      'dialog',
      { 'aria-labelledby': 'step-up-title' },
      element('h3', { id: 'step-up-title' }, 'Is it you?'),
      element('p', {}, 'This needs a recent sign-in. Type your password once more.'),
      element(
        'form',
        { onsubmit: submitted },
        element('label', { for: 'step-up-password' }, 'Password'),
        password,
        refusal,
        element(
          'div',
          { class: 'row' },
          element('button', { type: 'submit', class: 'primary' }, 'Confirm'),
          button('Cancel', () => dialog.close()),
        ),
      ),
    );
    dialog.addEventListener('close', () => {
      dialog.remove();
      resolve(isDone);
    });
    document.body.append(dialog);
    dialog.showModal();
  });
}

/** There is one password here: no address can be wrong. */
function refusalOf(error: unknown): ErrorSentence {
  if (error instanceof AuthClientError && error.code === 'AUTH_CREDENTIALS_INVALID')
    return { happened: 'The password is wrong.', todo: 'Try again.' };
  return sentenceOfError(error);
}
