import { AuthError } from './auth-error.js';
import type { ErrorCause } from './error-cause.js';

/**
 * Why a new password was refused. `too_short`, `too_long`: its length. `common`: it is a common password, or a plain pattern.
 * `expected`: it is the user's own name or address, or the name of the service. `blocked`: `credentials.blocklist` has it.
 */
export type PasswordRejection = 'too_short' | 'too_long' | 'common' | 'expected' | 'blocked';

/** A new password does not meet the policy (NIST SP 800-63B-4, 3.1.1.2). The response says why: the user chooses another. */
export class PasswordRejectedError extends AuthError {
  readonly code = 'AUTH_PASSWORD_REJECTED';
  override readonly details: { readonly reason: PasswordRejection } & Readonly<
    Record<string, string | number>
  >;

  constructor(
    readonly reason: PasswordRejection,
    /** The limit that was missed, in characters: for `too_short` and `too_long`. */
    limit = 0,
    options?: ErrorCause,
  ) {
    super(MESSAGES[reason](limit), options);
    this.details = {
      reason,
      ...(reason === 'too_short' && { min_length: limit }),
      ...(reason === 'too_long' && { max_length: limit }),
    };
  }
}

const MESSAGES: Readonly<Record<PasswordRejection, (limit: number) => string>> = {
  too_short: (limit) => `The password is too short: it must have at least ${limit} characters.`,
  too_long: (limit) => `The password is too long: it may have at most ${limit} characters.`,
  common: () => 'The password is one that many people use: choose another one.',
  expected: () => 'The password is easy to guess for this account: choose another one.',
  blocked: () => 'The password is known to attackers: choose another one.',
};
