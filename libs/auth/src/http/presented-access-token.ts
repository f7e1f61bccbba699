import { MAX_JWS_LENGTH } from '../access-tokens/compact-jws.js';
import type { HttpRequest } from '../context/http-request.js';
import { bearerToken } from '../context/request-credentials.js';
import { strictBody } from '../context/strict-input.js';
import { CredentialsMissingError } from '../errors/auth-error.js';

/**
 * The access token that a request is about: the one in its body, else the one that it was sent with. Throws
 * RequestInvalidError, AccessTokenInvalidError for a malformed header, CredentialsMissingError.
 */
export function presentedAccessToken(request: HttpRequest): string {
  const { access_token: inBody } = strictBody(request, {
    access_token: { type: 'string', max: MAX_JWS_LENGTH },
  });
  const token = inBody ?? bearerToken(request);
  if (token === undefined)
    throw new CredentialsMissingError(
      'Send the access token that is to end: in "access_token" of the body, or in the header "Authorization".',
    );
  return String(token);
}
