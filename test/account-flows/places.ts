import { accountFlows, type AccountFlowsOptions, type AccountFlowSwitches } from 'nestjs-aerie/account-flows';
import { AccountUsers, AccountUsersModule } from '../support/account-users.js';
import type { HttpClient } from '../support/http-client.js';
import { PASSWORD } from '../support/sign-ins.js';
import { startTestApp, type TestApp, type TestAppInput } from '../support/test-app.js';
import { TestMailer } from '../support/test-mailer.js';

/** An application with account flows, and the mails that it sent. */
export interface Places {
  readonly app: TestApp;
  readonly users: AccountUsers;
  readonly mailer: TestMailer;
  close(): Promise<void>;
}

export async function startFlows(
  { options, ...input }: TestAppInput = {},
  flows: AccountFlowSwitches & Partial<AccountFlowsOptions> = {},
): Promise<Places> {
  const mailer = new TestMailer();
  // Every client of a test is a new device.
  const quiet = { newDevice: false };
  const features = [accountFlows({ mailer, waitUntil: mailer.waitUntil, ...quiet, ...flows })];
  const app = await startTestApp({
    ...input,
    options: { imports: [AccountUsersModule], users: AccountUsers, features, ...options },
  });
  return { app, users: app.users as unknown as AccountUsers, mailer, close: () => app.close() };
}

/** A new password that every policy accepts. */
export const NEXT_PASSWORD = 'a lighthouse keeps eleven bees';

/** Signs in by password with a browser of its own. Throws when it is refused. */
export async function browserOf(
  { app }: Places,
  identifier: string,
  password = PASSWORD,
): Promise<HttpClient> {
  const client = app.client();
  const { status, body } = await client.post('/auth/login', { json: { identifier, password } });
  if (status !== 200) throw new Error(`the login was answered with ${status}: ${JSON.stringify(body)}`);
  return client;
}

/** The status of a login. */
export async function loginStatus({ app }: Places, identifier: string, password: string): Promise<number> {
  return (await app.client().post('/auth/login', { json: { identifier, password } })).status;
}

/** A browser's requests with its cookie come from the application's own pages. */
export const OWN_PAGE = { 'sec-fetch-site': 'same-origin' };

/** The types and reasons of the feature's events. */
export const told = ({ app }: Places): readonly string[] =>
  app.events
    .filter(({ type }) => type.startsWith('account-flows.'))
    .map((event) => {
      const { type, reason } = event as { type: string; reason?: string };
      return [type.slice('account-flows.'.length), ...(reason === undefined ? [] : [reason])].join(' ');
    });

/** The same without what was asked for and what was refused. */
export const done = (places: Places): readonly string[] =>
  told(places).filter((what) => !/^(asked|token_refused)/.test(what));

let made = 0;
/** An address that no other test has. */
export const freshAddress = (): string => `user-${++made}@mail.example`;
