import type { AuthClientMode, AuthUser } from 'nestjs-aerie/client';
import { button, element } from '../dom.js';
import type { Page } from '../page.js';
import { madeAccount } from './new-account.js';
import { withRecentSignIn } from './step-up.js';

const KEPT: Readonly<Record<AuthClientMode, string>> = {
  session:
    'By a session. The browser holds the cookie __Host-session, which no script can read. This page holds nothing.',
  hybrid:
    'By the hybrid mode. The browser holds the cookie __Host-refresh, which no script can read. The access token is in the ' +
    'memory of this page, and not in any storage.',
  tokens:
    'By tokens. Both are in the memory of this page. A phone would keep the refresh token in its keychain.',
};

/** The user as the server sees it, and what the user can do with the sign-in. */
export function account(page: Page, user: AuthUser): HTMLElement {
  const made = madeAccount();
  const answer = element('output');
  const say = (text: string) => {
    answer.textContent = text;
    page.announce(text);
  };
  const openSafe = () =>
    page.run(async () => {
      const safe = (await withRecentSignIn(page, () => page.visitor.ask('GET', '/page/safe'))) as Safe | null;
      if (safe)
        say(
          `${safe.text} You proved who you are at ${new Date(safe.authenticated_at).toLocaleTimeString()}.`,
        );
    });
  return element(
    'div',
    { class: 'account' },
    element('p', {}, 'You are signed in. ', KEPT[page.visitor.mode]),
    made?.id === user.id &&
      element(
        'p',
        { class: 'note' },
        'This page made an account for you: ',
        element('code', {}, made.email),
        ', password ',
        element('code', {}, made.password),
        '. A reload forgets the password.',
      ),
    element('p', {}, 'The server sees this user (', element('code', {}, 'GET /auth/me'), '):'),
    element(
      'pre',
      { tabindex: 0, 'aria-label': 'The user as the server sees it' },
      JSON.stringify(user, null, 2),
    ),
    element(
      'div',
      { class: 'row' },
      button('Open the safe', openSafe),
      button('Sign out', () => page.run(() => page.client.signOut())),
      button('Sign out everywhere', () => page.run(() => signOutEverywhere(page))),
    ),
    element(
      'p',
      { class: 'muted' },
      'The safe asks for your password again when you typed it longer than 30 seconds ago.',
    ),
    answer,
  );
}

interface Safe {
  readonly text: string;
  readonly authenticated_at: string;
}

async function signOutEverywhere(page: Page): Promise<void> {
  await page.visitor.ask('POST', '/auth/logout-all', {});
  await page.client.signOut();
}
