import { AuthError } from './auth-error.js';
import type { ErrorCause } from './error-cause.js';

/** The URL has no signature, or not the one of its method, path, query and purpose. Ask for a new link. */
export class SignedUrlInvalidError extends AuthError {
  readonly code = 'AUTH_SIGNED_URL_INVALID';
  constructor(options?: ErrorCause) {
    super('The link is not valid.', options);
  }
}

/** The signature is genuine, and its time is over. Ask for a new link. */
export class SignedUrlExpiredError extends AuthError {
  readonly code = 'AUTH_SIGNED_URL_EXPIRED';
  constructor(options?: ErrorCause) {
    super('The link has expired.', options);
  }
}
