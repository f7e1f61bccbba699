import { expressSession, formerSignIns, type FormerSessionOptions } from 'nestjs-aerie/former-sign-ins';
import { FORMER_COOKIE, FORMER_SECRET, type FormerApp } from '../support/former-app.js';
import type { Answer, HttpClient } from '../support/http-client.js';
import { SESSION_COOKIE } from '../support/sign-ins.js';
import { startTestApp, type TestApp, type TestAppInput } from '../support/test-app.js';
import { DAY } from '../support/time-passes.js';

/** An application whose users come from a former one. */
export interface Places {
  readonly app: TestApp;
  readonly former: FormerApp;
  /** A browser that holds this cookie of the former application, and nothing of ours. */
  browser(cookie: string): Promise<HttpClient>;
}

export const inDays = (days: number) => new Date(Date.now() + days * DAY).toISOString();

export async function moved(
  former: FormerApp,
  { options, ...input }: TestAppInput = {},
  session: Partial<FormerSessionOptions> = {},
): Promise<Places> {
  const accept = [expressSession({ store: former.store, secret: FORMER_SECRET, ...session })];
  const features = [formerSignIns({ accept, until: inDays(30) })];
  const app = await startTestApp({ ...input, options: { features, ...options } });
  await app.users.add('ada', undefined, { id: '7' });
  return { app, former, browser: (cookie) => browserWith(app, cookie) };
}

export async function browserWith(app: TestApp, cookie: string): Promise<HttpClient> {
  const client = app.client();
  await client.jar.setCookie(`${FORMER_COOKIE}=${cookie}; Path=/`, app.url);
  return client;
}

/** Who a browser is for the application: the body of `GET /auth/me`, or the code that it is refused with. */
export async function who(client: HttpClient): Promise<string> {
  const { status, body } = await client.get('/auth/me');
  return status === 200 ? (body.user.id as string) : (body.code as string);
}

export const setsSession = ({ setCookies }: Answer): boolean =>
  setCookies.some((line) => line.startsWith(`${SESSION_COOKIE}=`) && !line.includes('Max-Age=0'));

/** The ids of a subject's live sign-ins. */
export async function liveOf(app: TestApp, subject = '7'): Promise<readonly string[]> {
  return (await app.authentication.listSignIns(subject)).map(({ id }) => id);
}

/** The types and reasons of the feature's events. */
export const told = (app: TestApp): readonly string[] =>
  app.events
    .filter(({ type }) => type.startsWith('former-sign-ins.'))
    .map((event) => {
      const { type, reason } = event as { type: string; reason?: string };
      return [type.slice('former-sign-ins.'.length), ...(reason === undefined ? [] : [reason])].join(' ');
    });

/** A table by the name of its entity, as statements have it. */
export const tableOf = (app: TestApp, entity: 'FormerCredential' | 'FormerSubject' | 'Session'): string =>
  `"${app.source.getMetadata(entity).tablePath}"`;
