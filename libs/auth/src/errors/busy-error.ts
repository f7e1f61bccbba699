import { AuthError } from './auth-error.js';
import type { ErrorCause } from './error-cause.js';

/** Too many passwords wait to be hashed. No password was checked: try again as `Retry-After` says. */
export class PasswordsBusyError extends AuthError {
  readonly code = 'AUTH_PASSWORDS_BUSY';
  constructor(options?: ErrorCause) {
    super('Too many passwords are being checked right now: try again shortly.', options);
  }
}

/** Too many requests use tokens of one refresh family at once. Nothing was exchanged: try again as `Retry-After` says. */
export class RefreshBusyError extends AuthError {
  readonly code = 'AUTH_REFRESH_BUSY';
  constructor(options?: ErrorCause) {
    super('This refresh token is in use too often at once: try again shortly.', options);
  }
}
