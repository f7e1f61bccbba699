import { AuthError } from './auth-error.js';
import type { ErrorCause } from './error-cause.js';

/**
 * The caller is signed in, but authenticated too long ago for this handler (RFC 9470, section 3). Authenticate again, by
 * `POST /auth/step-up` or a new sign-in, then try again.
 */
export class RecentSignInRequiredError extends AuthError {
  readonly code = 'AUTH_RECENT_SIGN_IN_REQUIRED';
  override readonly details: { readonly max_age: number };

  constructor(
    /** How long ago the user may have authenticated, in milliseconds. */
    readonly maxAgeMs: number,
    options?: ErrorCause,
  ) {
    super('Confirm that it is you to continue.', options);
    this.details = { max_age: Math.floor(maxAgeMs / 1000) };
  }
}
