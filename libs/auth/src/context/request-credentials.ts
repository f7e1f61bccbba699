import { AccessTokenInvalidError, RequestInvalidError } from '../errors/auth-error.js';
import { headerOf, type HttpRequest } from './http-request.js';

/** Which credentials a place accepts. */
export type CredentialKind = 'access-token' | 'session' | 'any';

const BEARER = /^bearer +([^\s]+) *$/i;

/**
 * The bearer token of a request (RFC 6750, section 2.1); `undefined` when it has no Authorization header, or one of
 * another scheme. Throws AccessTokenInvalidError for a malformed one.
 */
export function bearerToken(request: HttpRequest): string | undefined {
  const header = headerOf(request, 'authorization');
  if (header === undefined) return undefined;
  if (header.startsWith('Bearer ') && header.indexOf(' ', 7) === -1 && header.length > 7)
    return header.slice(7);
  if (!/^bearer\b/i.test(header)) return undefined;
  const token = BEARER.exec(header)?.[1];
  if (token === undefined) throw new AccessTokenInvalidError();
  return token;
}

/** Whether a request has an Authorization header, of whatever scheme: it then decides alone, and cookies are not looked at. */
export function hasAuthorization(request: HttpRequest): boolean {
  return request.headers?.['authorization'] !== undefined;
}

/**
 * The value of a cookie, or `undefined`. Throws RequestInvalidError when the request has two of the name: one of
 * them was planted, and the server cannot know which (RFC 6265, section 8.6).
 */
export function cookieOf(request: HttpRequest, name: string): string | undefined {
  const found = cookiesOf(request, name);
  if (found.length > 1) throw new RequestInvalidError(`The request has two cookies named ${name}.`);
  return found[0];
}

const NONE: readonly string[] = [];

/** The values of all cookies of a name, in the order in which they came: for what must not refuse two of them. */
export function cookiesOf(request: HttpRequest, name: string): readonly string[] {
  const header = request.headers?.['cookie'];
  const text = Array.isArray(header) ? header.join(';') : header;
  if (!text || !text.includes(name)) return NONE;
  const found: string[] = [];
  for (let start = 0; start < text.length;) {
    const semicolon: number = text.indexOf(';', start);
    const end: number = semicolon === -1 ? text.length : semicolon;
    const from = afterBlanks(text, start);
    const equals = text.startsWith(name, from) ? afterBlanks(text, from + name.length) : end;
    if (equals < end && text[equals] === '=') found.push(trimmed(text.slice(equals + 1, end)));
    start = end + 1;
  }
  return found;
}

/** The first place from here on that is neither a space nor a tab. */
function afterBlanks(text: string, start: number): number {
  let at = start;
  while (text[at] === ' ' || text[at] === '\t') at++;
  return at;
}

/** Spaces and tabs alone (RFC 6265bis, 4.2.2): what else Unicode calls white space is part of a cookie's name. */
function trimmed(text: string): string {
  let end = text.length;
  while (text[end - 1] === ' ' || text[end - 1] === '\t') end--;
  return text.slice(afterBlanks(text, 0), end);
}
