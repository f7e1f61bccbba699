import { AuthError } from './auth-error.js';
import type { ErrorCause } from './error-cause.js';

/**
 * The access token is too long for a cookie: browsers drop cookies over 4 KB without a word. Nothing was opened or exchanged. Let
 * `accessTokens.claims` return less, or give the user fewer roles and scopes.
 */
export class AccessTokenTooLargeError extends AuthError {
  readonly code = 'AUTH_ACCESS_TOKEN_TOO_LARGE';
  constructor(options?: ErrorCause) {
    super('The access token of this account is too large for a cookie.', options);
  }
}
