import { type Requester, UNKNOWN_REQUESTER } from '../../../principal/requester.js';
import { ACTION_PURPOSES, type ActionPurpose } from '../tokens/action-token.js';
import type { DueEnding } from '../tokens/action-token-store.js';
import type { FlowParts } from './flow-parts.js';
import { flowField } from './flow-arguments.js';
import type { PasswordReset } from './password-reset.js';

/** Purposes of tokens that owe an ending only as the first proof of an address. */
const FIRST_PROOFS: readonly ActionPurpose[] = ['sign-in', 'verify-email'];

type Ended = Pick<DueEnding, 'subject' | 'purpose'>;

/** Links that rescue an account: "this was not me" in mails about changes, and those that undo a change of address. */
export class AccountRescue {
  /** @internal */
  constructor(
    private readonly parts: FlowParts,
    /** Null: the flow is off. */
    private readonly passwords: PasswordReset | null,
  ) {}

  /**
   * Locks the account for every holder: ends every sign-in, removes the password and linked accounts, ends links that wait,
   * brings the address back that the mail was sent to, and mails the link to a new password there. No later change of the
   * account ends this link.
   *
   * @throws ActionTokenInvalidError for every link that cannot be used.
   * @throws RateLimitedError, StoreUnavailableError: the link stays good.
   * @returns whether the address is the subject's: false if another account has it by now. Then the link stays good, and no
   * other address gets a link of the account.
   * @example
   * ```ts
   * import type { AccountRescue } from 'nestjs-aerie/account-flows';
   *
   * export const reported = (rescue: AccountRescue, token: string, email: string) => rescue.notMe(token, email);
   * ```
   */
  async notMe(token: string, email: string, requester: Requester = UNKNOWN_REQUESTER): Promise<boolean> {
    const { subject, restored } = await this.rescue('not-me', token, email, requester);
    const { ip, userAgent } = requester;
    const reason = reasonOf(restored);
    this.parts.events.record({ type: 'account-flows.not_me', subject, reason, ip, userAgent });
    return restored;
  }

  /**
   * Ends all that may be a thief's, brings back the address that the link was mailed to, and asks for a new password. Throws
   * ActionTokenInvalidError, RateLimitedError, StoreUnavailableError.
   * @internal
   */
  async rescue(
    purpose: 'email-undo' | 'not-me',
    token: string,
    email: string,
    requester: Requester,
  ): Promise<{ readonly subject: string; readonly restored: boolean }> {
    const { tokens, links, directory } = this.parts;
    const [link, address] = [flowField('token', token), flowField('email', email)];
    await links.look(purpose, link, requester);
    const spent = await tokens.redeem(purpose, link, { context: address, owesEnding: true });
    const { subject } = spent;
    let restored: boolean;
    try {
      await this.end(spent, requester);
      // After that: a change that was confirmed at the same moment finds that it came too late.
      restored = await directory.forceEmail(subject, address);
      await (restored ? tokens.settle(spent) : tokens.reopen(spent, false));
    } catch (error) {
      // Where that fails as well, the sweeper does it.
      await tokens.reopen(spent, true).catch(() => undefined);
      throw error;
    }
    // Another address may be the thief's.
    if (restored) this.passwords?.send(subject, requester);
    return { subject, restored };
  }

  /**
   * What a redeemed token owes, when its request could not do it. Whether all is done: an address can be brought back by its
   * link alone. Throws StoreUnavailableError.
   */
  async finish(owed: DueEnding): Promise<boolean> {
    const { authentication, directory, tokens } = this.parts;
    const { subject, purpose } = owed;
    const email = await directory.emailOf(subject);
    const isRescue = ACTION_PURPOSES[purpose] === 'rescue';
    const voids = isRescue || (FIRST_PROOFS.includes(purpose) && email?.verified === false);
    if (voids) await this.end(owed, UNKNOWN_REQUESTER);
    else await authentication.credentialsChanged(subject);
    const isDone = !isRescue || (email !== null && tokens.isFor(owed, email.address));
    if (voids && isDone) this.passwords?.send(subject, UNKNOWN_REQUESTER);
    return isDone;
  }

  private async end({ subject, purpose }: Ended, requester: Requester): Promise<void> {
    const { directory, authentication, events } = this.parts;
    await directory.voidCredentials(subject);
    const { ip, userAgent } = requester;
    const type = 'account-flows.credentials_voided';
    events.record({ type, subject, reason: purpose, ip, userAgent });
    await authentication.credentialsChanged(subject);
  }
}

/** Why an event tells that an address is, or is not, the subject's again. */
const reasonOf = (restored: boolean): string => (restored ? 'restored' : 'address_taken');
