import { LRUCache } from 'lru-cache';
import { randomUUID } from 'node:crypto';
import type { TestPrincipal } from './stand-in-principal.js';

/** More people than any test has: the one who acted longest ago makes way. */
const MAX_ACTING = 10_000;
const people = new LRUCache<string, TestPrincipal>({ max: MAX_ACTING });
const credentials = new WeakMap<TestPrincipal, string>();
/** Under which names the applications of this process read their session cookie. */
const cookieNames = new Set(['__Host-session']);

/** A request whose headers are set by a method: of supertest, of superagent, or `Headers`. */
export interface SettableRequest {
  set(name: string, value: string): unknown;
}

/** Headers that carry the credential of a person: `authorization`, or `cookie` for `kind: 'session'`. */
export type ActingHeaders = Readonly<Record<string, string>>;

/**
 * Makes a request of a test come from this person. The application must import `ActAsModule`; any other one answers 401.
 * The request passes the real guards: roles, scopes and `@Public` decide as always. Its credential is a bearer token; for a
 * principal with `kind: 'session'` it is the session cookie, in place of a `cookie` header that is there. Members of the
 * principal that are left out are those of a sign-in by password a moment ago. The person has no sign-in in the stores:
 * none is listed, and none can be ended.
 *
 * `request` is one of supertest, or the options of `fetch` or of Fastify's `inject`: these are copied. Without a
 * request you get the headers.
 *
 * @example
 * ```ts
 * import type { INestApplication } from '@nestjs/common';
 * import { actAs } from 'nestjs-aerie/testing';
 *
 * declare const app: INestApplication; // made of imports: [AppModule, ActAsModule]
 *
 * const ada = { id: 'ada', roles: ['admin'] };
 * const bob = { id: 'bob', kind: 'session' as const };
 *
 * // With supertest: await actAs(request(app.getHttpServer()).delete('/cats/1'), ada).expect(200)
 * export const asAda = async () => fetch(`${await app.getUrl()}/cats`, actAs({ method: 'POST' }, ada));
 * export const asBob = async () => fetch(`${await app.getUrl()}/cats`, { headers: actAs(bob) });
 * ```
 */
export function actAs(principal: TestPrincipal): ActingHeaders;
export function actAs<R extends SettableRequest>(request: R, principal: TestPrincipal): R;
export function actAs<O extends object>(
  request: O,
  principal: TestPrincipal,
): Omit<O, 'headers'> & { readonly headers: ActingHeaders };
export function actAs(request: object, principal?: TestPrincipal): unknown {
  if (principal === undefined) return headersFor(request as TestPrincipal);
  const acting = headersFor(principal);
  if (isSettable(request)) {
    for (const [name, value] of Object.entries(acting)) request.set(name, value);
    return request;
  }
  const headers = new Headers((request as RequestInit).headers);
  for (const [name, value] of Object.entries(acting)) headers.set(name, value);
  return { ...request, headers: Object.fromEntries(headers) };
}

/** The person whose credential this is; `undefined` for any other credential. @internal */
export function personOf(credential: unknown): TestPrincipal | undefined {
  return typeof credential === 'string' ? people.get(credential) : undefined;
}

/** An application of this process reads its session cookie under this name. @internal */
export function readsSessionFrom(cookie: string): void {
  cookieNames.add(cookie);
}

function headersFor(principal: TestPrincipal): ActingHeaders {
  const credential = credentials.get(principal) ?? `acting-${randomUUID()}`;
  credentials.set(principal, credential);
  people.set(credential, principal);
  if (principal.kind !== 'session') return { authorization: `Bearer ${credential}` };
  return { cookie: [...cookieNames].map((name) => `${name}=${credential}`).join('; ') };
}

function isSettable(request: object): request is SettableRequest {
  return typeof (request as Partial<SettableRequest>).set === 'function';
}
