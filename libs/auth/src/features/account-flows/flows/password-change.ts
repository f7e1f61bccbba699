import { CredentialsInvalidError } from '../../../errors/auth-error.js';
import type { Principal } from '../../../principal/principal.js';
import { type Requester, UNKNOWN_REQUESTER } from '../../../principal/requester.js';
import type { SignInResult } from '../../../sign-in/sign-in-result.js';
import type { FlowParts } from './flow-parts.js';
import { flowField } from './flow-arguments.js';

/** How a password is changed. */
export interface PasswordChangeOptions {
  /** How the client holds its next refresh token, where its sign-in is replaced. Default `tokens`. */
  readonly mode?: 'tokens' | 'hybrid';
  readonly requester?: Requester;
}

/** A signed-in user changes the password. The route calls it; call it from a route of your own too. */
export class PasswordChange {
  /** @internal */
  constructor(private readonly parts: FlowParts) {}

  /**
   * Sets a new password for a user who is signed in and knows the present one. Every other sign-in ends. This one goes on
   * with a new secret: send the result to its client as after a sign-in. A repeated call is good: where the new password is set
   * already, the sign-ins end again.
   *
   * @throws CredentialsInvalidError for a wrong password, and for an account without one: it gets its first by a reset.
   * @throws PasswordRejectedError for a password that the policy refuses. Nothing has changed.
   * @throws SessionInvalidError, AccessTokenRevokedError when the sign-in had ended meanwhile: all have ended then.
   * @throws RateLimitedError, PasswordsBusyError, StoreUnavailableError
   * @example
   * ```ts
   * import type { Principal } from 'nestjs-aerie';
   * import type { PasswordChange } from 'nestjs-aerie/account-flows';
   *
   * export const change = (passwords: PasswordChange, user: Principal, current: string, next: string) =>
   *   passwords.change(user, current, next);
   * ```
   */
  async change(
    principal: Principal,
    current: string,
    next: string,
    { mode = 'tokens', requester = UNKNOWN_REQUESTER }: PasswordChangeOptions = {},
  ): Promise<SignInResult> {
    const { authentication, notices, events } = this.parts;
    const { id: subject } = principal;
    const [present, password] = [flowField('current_password', current), flowField('password', next)];
    await this.store(principal, present, password, requester);
    const kept = await authentication.credentialsChanged(subject, { keep: principal, mode, requester });
    const { ip, userAgent } = requester;
    events.record({ type: 'account-flows.password_changed', subject, ip, userAgent });
    notices.passwordChanged(subject, requester);
    return kept!;
  }

  private async store(
    principal: Principal,
    current: string,
    next: string,
    requester: Requester,
  ): Promise<void> {
    const { directory, limits, passwords } = this.parts;
    const { id: subject } = principal;
    const stored = await directory.passwordHashOf(subject);
    // Each is a try of its own: one call must not be good for two guesses.
    const isRight = (password: string): Promise<boolean> =>
      limits.currentPassword(principal, requester, (known) => passwords.isRight(stored, password, known));
    if (!(await isRight(current))) {
      // The answer of an earlier call may have been lost.
      if (current !== next && (await isRight(next))) return;
      throw new CredentialsInvalidError();
    }
    const email = await directory.emailOf(subject);
    const names = email ? [email.address] : [];
    const hash = await passwords.hashed(next, { subject, names }, requester);
    // Another password was set meanwhile: this one is not the present one any more.
    if (!(await directory.setPasswordHash(subject, hash, stored))) throw new CredentialsInvalidError();
  }
}
