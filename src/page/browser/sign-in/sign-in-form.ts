import type { AuthClientMode } from 'nestjs-aerie/client';
import { button, element } from '../dom.js';
import type { Page } from '../page.js';
import { madeAccount } from './new-account.js';

const MODES: readonly (readonly [mode: AuthClientMode, text: string])[] = [
  ['session', 'Session: one cookie, which no script can read. It ends at once when you sign out.'],
  ['hybrid', 'Hybrid: an access token in the memory of the page, and the refresh token in a cookie.'],
  ['tokens', 'Tokens: both in the memory of the page, as a phone holds them. A reload forgets them.'],
];

/** Signing in, or making an account and signing in with it. */
export function signInForm(page: Page): HTMLFormElement {
  const { email: made, password: madePassword } = madeAccount() ?? { email: '', password: '' };
  const email = element('input', {
    id: 'email',
    type: 'email',
    name: 'email',
    autocomplete: 'username',
    required: true,
    value: made,
  });
  const password = element('input', {
    id: 'password',
    type: 'password',
    name: 'password',
    autocomplete: 'current-password',
    required: true,
    value: madePassword,
  });
  const radios = MODES.map(([mode, text]) => {
    const input = element('input', {
      type: 'radio',
      name: 'mode',
      value: mode,
      checked: mode === page.visitor.mode,
    });
    return element('label', { class: 'choice' }, input, ' ', text);
  });
  const signIn = () => page.visitor.signIn(chosen(form), email.value, password.value);
  const signUp = async () => {
    if (!form.reportValidity()) return;
    await page.visitor.ask('POST', '/users', { email: email.value, password: password.value });
    await signIn();
  };
  const submitted = (event: Event) => {
    event.preventDefault();
    void page.run(signIn);
  };
  const form = element(
    'form',
    { onsubmit: submitted },
    element('label', { for: 'email' }, 'E-mail address'),
    email,
    element('label', { for: 'password' }, 'Password'),
    password,
    element('p', { class: 'muted' }, 'For a new account: at least 15 characters, such as four words.'),
    element('fieldset', {}, element('legend', {}, 'Where is the sign-in kept?'), ...radios),
    element(
      'div',
      { class: 'row' },
      element('button', { type: 'submit', class: 'primary' }, 'Sign in'),
      button('Make this account', () => page.run(signUp)),
    ),
  );
  return form;
}

function chosen(form: HTMLFormElement): AuthClientMode {
  return MODES.find(([mode]) => mode === new FormData(form).get('mode'))?.[0] ?? 'session';
}
