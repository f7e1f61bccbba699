import { createHmac } from 'node:crypto';
import { equalInConstantTime } from '../../../crypto/constant-time.js';
import type { SubjectId } from '../../../principal/user-directory.js';
import { isFunction, OptionReader } from '../../../validation/option-reader.js';
import { isSecrets, secretsOf } from './former-secrets.js';
import type { FormerCredential } from './former-credential.js';

/** The part of a store of `express-session` that is used: any store of its ecosystem has it. */
export interface FormerSessionStore {
  get(id: string, callback: (error: any, session?: any) => void): unknown;
  destroy(id: string, callback: (error?: any) => void): unknown;
}

/** Options of `expressSession()`. */
export interface FormerSessionOptions {
  /** The store that `session({ store })` has. It is read, and a logout removes the session from it. */
  readonly store: FormerSessionStore;
  /** The `secret` of `session({ secret })`: one, or several. */
  readonly secret: string | readonly string[];
  /** The `name` of `session({ name })`. Default `connect.sid`. */
  readonly cookie?: string;
  /**
   * The user's id in a session; undefined: the session has no user, or a second factor is still to come. Default: `passport.user`,
   * as Passport keeps an id.
   */
  readonly subject?: (session: any) => SubjectId | null | undefined;
}

/** Express' own bound is 24 random bytes; some applications make their own ids. */
const LONGEST = 1024;
const SIGNED = 's:';
/** What a session id of `express-session` has at least, in characters: it cannot be guessed. */
const SHORTEST_ID = 16;

const isStore = (v: unknown): v is FormerSessionStore =>
  typeof v === 'object' &&
  v !== null &&
  isFunction((v as FormerSessionStore).get) &&
  isFunction((v as FormerSessionStore).destroy);
const isReader = (v: unknown): v is NonNullable<FormerSessionOptions['subject']> => isFunction(v);
const isText = (v: unknown): v is string => typeof v === 'string' && v !== '';

const ofPassport = (session: { readonly passport?: { readonly user?: unknown } }): SubjectId | undefined =>
  session.passport?.user as SubjectId | undefined;

/**
 * Sessions of `express-session`: for `accept` of `formerSignIns`.
 *
 * @throws AuthConfigError for an option that is wrong.
 * @example
 * ```ts
 * import { expressSession, formerSignIns, type FormerSessionStore } from 'nestjs-aerie/former-sign-ins';
 *
 * declare const store: FormerSessionStore; // new RedisStore({ client }) of connect-redis, or another one
 *
 * export const former = formerSignIns({
 *   accept: [expressSession({ store, secret: process.env['SESSION_SECRET'] ?? '' })],
 *   until: '2027-03-01T00:00:00Z',
 * });
 * ```
 */
export function expressSession(options: FormerSessionOptions): FormerCredential {
  const reader = new OptionReader(options, 'expressSession');
  const store = reader.custom('store', 'a store of express-session, with get() and destroy()', isStore);
  const secrets = secretsOf(reader.secret('secret', 'a text, or a list of texts', isSecrets));
  const cookie = reader.custom('cookie', 'the name of the cookie', isText, 'connect.sid');
  const subject = reader.custom('subject', 'a function', isReader, ofPassport);
  reader.done();
  const identify = (value: string): string | undefined => sessionIdIn(value, secrets);
  return {
    name: 'express-session',
    opens: 'session',
    cookie,
    identify,
    async read(value, now) {
      const session = await sessionIn(store, identify(value)!);
      if (typeof session !== 'object' || session === null || isPast(session, now)) return null;
      const owner = subject(session);
      return owner === undefined || owner === null ? null : { subject: owner };
    },
    end: (value) =>
      new Promise((resolve, reject) =>
        settle(
          store.destroy(identify(value)!, (error) => (error ? reject(asError(error)) : resolve())),
          reject,
        ),
      ),
  };
}

/** The id in a cookie that one of the secrets has signed: `s:` id `.` HMAC-SHA256, as `cookie-signature` writes it. */
function sessionIdIn(value: string, secrets: readonly string[]): string | undefined {
  if (value.length > LONGEST) return undefined;
  let text: string;
  try {
    text = decodeURIComponent(value);
  } catch {
    return undefined;
  }
  const dot = text.lastIndexOf('.');
  if (!text.startsWith(SIGNED) || dot < SIGNED.length + SHORTEST_ID) return undefined;
  const id = text.slice(SIGNED.length, dot);
  const signature = Buffer.from(text.slice(dot + 1));
  const isOf = (secret: string): boolean => {
    const right = createHmac('sha256', secret).update(id).digest('base64').replace(/=+$/, '');
    return equalInConstantTime(signature, Buffer.from(right));
  };
  return secrets.some(isOf) ? id : undefined;
}

function sessionIn(store: FormerSessionStore, id: string): Promise<unknown> {
  return new Promise((resolve, reject) =>
    settle(
      store.get(id, (error, session) => (error ? reject(asError(error)) : resolve(session))),
      reject,
    ),
  );
}

/** Some stores answer by callback and give a promise besides: its refusal is an answer too. */
function settle(given: unknown, reject: (error: Error) => void): void {
  if (given instanceof Promise) given.catch((error: unknown) => reject(asError(error)));
}

/** `express-session` calls an absent session an error of this code in some stores; every other failure is an outage. */
const asError = (error: unknown): Error =>
  error instanceof Error ? error : new Error('the session store failed', { cause: error });

/** Stores forget sessions by themselves, some of them late. */
function isPast(session: object, now: number): boolean {
  const { cookie } = session as { readonly cookie?: { readonly expires?: unknown } };
  const { expires } = cookie ?? {};
  if (expires === undefined || expires === null || expires === false) return false;
  const at = expires instanceof Date ? expires.getTime() : Date.parse(String(expires));
  // NaN fails this comparison, so a broken date has passed.
  return !(now < at);
}
