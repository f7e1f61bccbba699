import type { Attempt, AttemptLimiter } from '../attempts/attempt-limiter.js';
import type { SecurityEventSink } from '../audit/security-event.js';
import { CredentialsInvalidError } from '../errors/auth-error.js';
import type { Principal } from '../principal/principal.js';
import type { Requester } from '../principal/requester.js';
import { hashingFor } from '../users/hashing-requester.js';
import { checkedPassword } from '../users/login-fields.js';
import type { PasswordCheck, UserPasswords } from '../users/user-passwords.js';

/** Checks the present password of a user who is signed in, by the user's id. */
export class PasswordConfirmation {
  /** @internal */
  constructor(
    private readonly passwords: UserPasswords,
    private readonly limiter: AttemptLimiter,
    private readonly events: SecurityEventSink,
  ) {}

  /**
   * Resolves if this is the user's password.
   *
   * @throws CredentialsInvalidError (401) when it is not, or the user has none.
   * @throws RequestInvalidError (400) for a value that cannot be a password.
   * @throws RateLimitedError (429) after too many wrong passwords of this sign-in.
   * @throws PasswordsBusyError (503) when too many passwords wait to be hashed.
   * @throws StoreUnavailableError (503) when the user directory cannot answer.
   * @example
   * ```ts
   * import { type PasswordConfirmation, type Principal, requesterOf } from 'nestjs-aerie';
   * import type { Request } from 'express';
   *
   * export async function removeAccount(confirmation: PasswordConfirmation, user: Principal, password: string, request: Request) {
   *   await confirmation.confirm(user, password, requesterOf(request));
   *   // ...
   * }
   * ```
   */
  async confirm(
    { id: subject, signInId }: Principal,
    password: unknown,
    requester: Requester,
    purpose: 'current-password' | 'step-up' = 'current-password',
  ): Promise<void> {
    const text = checkedPassword(password);
    // A flood of sign-ins by strangers holds up no user who is signed in.
    const known = { ...requester, isKnownDevice: true };
    // Before any query: what will be refused anyway must not cost one.
    await this.passwords.refuseIfBusy(known);
    const attempt = await this.limiter.take(purpose, { subject, signInId, requester });
    const { right, upgrade } = await this.check(subject, text, known, attempt);
    if (!right) {
      const { ip, userAgent } = requester;
      this.events.record({ type: 'password_not_confirmed', subject, signInId, ip, userAgent });
      throw new CredentialsInvalidError();
    }
    await attempt.succeeded();
    if (upgrade) await this.passwords.upgrade(subject, upgrade);
  }

  /** What could not be checked, for want of a place or of a store, is no try. */
  private async check(
    subject: string,
    password: string,
    requester: Requester,
    attempt: Attempt,
  ): Promise<PasswordCheck> {
    try {
      return await hashingFor(requester, () => this.passwords.check(subject, password));
    } catch (error) {
      await attempt.cancelled();
      throw error;
    }
  }
}
