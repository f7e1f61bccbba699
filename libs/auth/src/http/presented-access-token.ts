import { MAX_JWS_LENGTH } from '../access-tokens/compact-jws.js';
import type { HttpRequest } from '../context/http-request.js';
import type { OriginCheck } from '../context/origin-check.js';
import { bearerToken, cookieOf, hasAuthorization } from '../context/request-credentials.js';
import { strictBody } from '../context/strict-input.js';
import { CredentialsMissingError } from '../errors/auth-error.js';

/**
 * The access token that a request is about: the one in its body, else the one that it was sent with, as guards read it: an
 * Authorization header decides alone. `cookie`: the name of the cookie for access tokens; null where none is in use. Throws
 * RequestInvalidError, AccessTokenInvalidError for a malformed header, CsrfRejectedError, CredentialsMissingError.
 */
export function presentedAccessToken(
  request: HttpRequest,
  cookie: string | null,
  origins: OriginCheck,
): string {
  const { access_token: inBody } = strictBody(request, {
    access_token: { type: 'string', max: MAX_JWS_LENGTH },
  });
  const token = inBody ?? bearerToken(request);
  if (token !== undefined) return String(token);
  const held = cookie === null || hasAuthorization(request) ? undefined : cookieOf(request, cookie);
  if (held === undefined)
    throw new CredentialsMissingError(
      'Send the access token that is to end: in "access_token" of the body, or as other requests carry it.',
    );
  origins.check(request);
  return held;
}
