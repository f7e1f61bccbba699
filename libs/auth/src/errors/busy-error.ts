import { AuthError } from './auth-error.js';
import type { ErrorCause } from './error-cause.js';

/** More passwords are to be hashed than can be in good time. Nothing was checked: try again as `Retry-After` says. */
export class PasswordsBusyError extends AuthError {
  readonly code = 'AUTH_PASSWORDS_BUSY';
  constructor(options?: ErrorCause) {
    super('Too many passwords are being checked right now: try again shortly.', options);
  }
}

/** One refresh token, or tokens of one family, are used too often at once. Nothing was exchanged: try again as `Retry-After` says. */
export class RefreshBusyError extends AuthError {
  readonly code = 'AUTH_REFRESH_BUSY';
  constructor(options?: ErrorCause) {
    super('This refresh token is in use too often at once: try again shortly.', options);
  }
}
