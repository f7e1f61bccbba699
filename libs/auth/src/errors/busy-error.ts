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

/** What else a caller may learn of a refused try. */
export interface RateLimitedDetails extends ErrorCause {
  /** Ways to sign in that are not limited with this one, such as `link` and `code`. Default: none. */
  readonly waysOpen?: readonly string[];
}

/**
 * Too many tries: at this account, from this address or device, or of this sign-in. Nothing was checked or done: try again
 * as `Retry-After` says (RFC 6585, section 4; NIST SP 800-63B-4, 3.2.2).
 */
export class RateLimitedError extends AuthError {
  readonly code = 'AUTH_RATE_LIMITED';
  /** When a try may be admitted again, in seconds from now: at least 1. Public. */
  readonly retryAfterSeconds: number;
  /** Ways to sign in that stay open. Public. */
  readonly waysOpen: readonly string[];
  override readonly details: { readonly waysOpen?: readonly string[] };

  /** `retryAfterMs`: how long the budget that was used up stays so. */
  constructor(retryAfterMs: number, { waysOpen = [], ...options }: RateLimitedDetails = {}) {
    super('Too many tries: wait, then try again.', options);
    this.retryAfterSeconds = Math.max(1, Math.ceil(retryAfterMs / 1000));
    this.waysOpen = waysOpen;
    this.details = waysOpen.length > 0 ? { waysOpen } : {};
  }
}
