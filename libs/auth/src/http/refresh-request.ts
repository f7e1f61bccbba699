import { cookieOf, cookiesOf } from '../context/request-credentials.js';
import { headerOf, type HttpRequest } from '../context/http-request.js';
import type { OriginCheck } from '../context/origin-check.js';
import { strictBody } from '../context/strict-input.js';
import { CredentialsMissingError, RequestInvalidError } from '../errors/auth-error.js';

/** In characters. */
export const LONGEST_REFRESH_TOKEN = 512;
const KEY = /^[\x21-\x7e]{16,255}$/;

/** A refresh token and how it travelled. */
export interface PresentedToken {
  readonly token: string;
  readonly by: 'cookie' | 'body';
}

/** Where a refresh token may be. */
export interface RefreshPlaces {
  readonly refreshCookies: readonly string[];
  readonly longestRefreshToken: number;
}

/** The refresh token in a body that may hold nothing else, or `undefined`. Throws RequestInvalidError. */
export function refreshTokenInBody(
  request: HttpRequest,
  longest = LONGEST_REFRESH_TOKEN,
): string | undefined {
  const body = strictBody(request, { refresh_token: { type: 'string', max: longest } });
  return body.refresh_token as string | undefined;
}

/**
 * The refresh token of a request that must have one. Throws RequestInvalidError when it holds two, CsrfRejectedError
 * when it came by cookie from another site, CredentialsMissingError. Of several cookies, the first that was sent counts.
 */
export function requiredRefreshToken(
  request: HttpRequest,
  { refreshCookies, longestRefreshToken }: RefreshPlaces,
  origins: OriginCheck,
): PresentedToken {
  const presented = presentedToken(
    request,
    refreshTokenInBody(request, longestRefreshToken),
    refreshCookies,
    origins,
  );
  if (!presented)
    throw new CredentialsMissingError('Sign in to continue: a refresh token is needed, none was sent.');
  return presented;
}

/** The same for a request that may have none, and whose body was read. Throws RequestInvalidError, CsrfRejectedError. */
export function presentedToken(
  request: HttpRequest,
  fromBody: string | undefined,
  refreshCookies: readonly string[],
  origins: OriginCheck,
): PresentedToken | undefined {
  const cookie = refreshCookies.find((name) => cookiesOf(request, name).length > 0);
  const fromCookie = cookie === undefined ? undefined : cookieOf(request, cookie);
  if (fromBody !== undefined && fromCookie !== undefined) {
    throw new RequestInvalidError('The request has a refresh token in its body and another in its cookie.');
  }
  if (fromBody !== undefined) return { token: fromBody, by: 'body' };
  if (fromCookie === undefined) return undefined;
  origins.check(request);
  return { token: fromCookie, by: 'cookie' };
}

/** The Idempotency-Key of a refresh, or null. Throws RequestInvalidError for one that is too short to be unguessable. */
export function idempotencyKeyOf(request: HttpRequest): string | null {
  const key = headerOf(request, 'idempotency-key');
  if (key === undefined) return null;
  if (!KEY.test(key))
    throw new RequestInvalidError('"Idempotency-Key" must be 16 to 255 printable characters.');
  return key;
}
