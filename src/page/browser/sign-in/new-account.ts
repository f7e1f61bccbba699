import type { Page } from '../page.js';
import { randomText } from '../random-text.js';

/** The account that the page made for the visitor; gone with a reload. */
export interface MadeAccount {
  readonly id: string;
  readonly email: string;
  readonly password: string;
}

let made: MadeAccount | null = null;

/** The account that was made on this page, to be shown: the visitor did not choose its password. */
export const madeAccount = (): MadeAccount | null => made;

/** Makes an account with an invented address and password, and signs in with a session. */
export async function newAccount(page: Page): Promise<void> {
  const account = { email: `visitor-${randomText(8)}@example.com`, password: `demo ${randomText(20)}` };
  const { id } = (await page.visitor.ask('POST', '/users', account)) as { readonly id: string };
  made = { ...account, id };
  await page.visitor.signIn('session', account.email, account.password);
}
