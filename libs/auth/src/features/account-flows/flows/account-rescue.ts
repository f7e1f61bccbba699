import { type Requester, UNKNOWN_REQUESTER } from '../../../principal/requester.js';
import { ACTION_PURPOSES, type ActionPurpose } from '../tokens/action-token.js';
import type { DueEnding } from '../tokens/action-token-store.js';
import type { LiveActionToken } from '../tokens/action-tokens.js';
import type { FlowParts } from './flow-parts.js';
import { flowField } from './flow-arguments.js';
import type { PasswordReset } from './password-reset.js';

/** Purposes of tokens that owe an ending only as the first proof of an address. */
const FIRST_PROOFS: readonly ActionPurpose[] = ['sign-in', 'verify-email'];

/** The link "this was not me" in mails about changes. */
export class AccountRescue {
  /** @internal */
  constructor(
    private readonly parts: FlowParts,
    /** Null: the flow is off. */
    private readonly passwords: PasswordReset | null,
  ) {}

  /**
   * Locks the account for every holder: ends every sign-in, removes the password and linked accounts, ends links that wait,
   * and mails the link to a new password to the account's address. No later change of the account ends this link.
   *
   * @throws ActionTokenInvalidError for every link that cannot be used.
   * @throws RateLimitedError, StoreUnavailableError
   * @example
   * ```ts
   * import type { AccountRescue } from 'nestjs-aerie/account-flows';
   *
   * export const reported = (rescue: AccountRescue, token: string) => rescue.notMe(token);
   * ```
   */
  async notMe(token: string, requester: Requester = UNKNOWN_REQUESTER): Promise<void> {
    const { tokens, links, events } = this.parts;
    const link = flowField('token', token);
    await links.look('not-me', link, requester);
    const spent = await tokens.redeem('not-me', link, { owesEnding: true });
    await this.lock(spent, requester, async () => undefined);
    const { ip, userAgent } = requester;
    events.record({ type: 'account-flows.not_me', subject: spent.subject, ip, userAgent });
  }

  /**
   * Ends all that may be a thief's, then `restore`s, then asks for a new password. Throws StoreUnavailableError.
   * @internal
   */
  async lock(spent: LiveActionToken, requester: Requester, restore: () => Promise<void>): Promise<void> {
    const { tokens, authentication } = this.parts;
    const { subject } = spent;
    await this.voidCredentials(spent, requester);
    await restore();
    await authentication.credentialsChanged(subject);
    await tokens.settle(spent);
    this.passwords?.send(subject, requester);
  }

  /** What a redeemed token owes, when its request could not do it. Throws StoreUnavailableError. */
  async finish(owed: DueEnding): Promise<void> {
    const { authentication } = this.parts;
    const isRescue = ACTION_PURPOSES[owed.purpose] === 'rescue';
    const voids = isRescue || (FIRST_PROOFS.includes(owed.purpose) && (await this.isUnproved(owed.subject)));
    if (voids) await this.voidCredentials(owed, UNKNOWN_REQUESTER);
    await authentication.credentialsChanged(owed.subject);
    if (voids) this.passwords?.send(owed.subject, UNKNOWN_REQUESTER);
  }

  private async isUnproved(subject: string): Promise<boolean> {
    return (await this.parts.directory.emailOf(subject))?.verified === false;
  }

  private async voidCredentials({ subject, purpose }: DueEnding, requester: Requester): Promise<void> {
    await this.parts.directory.voidCredentials(subject);
    const { ip, userAgent } = requester;
    const type = 'account-flows.credentials_voided';
    this.parts.events.record({ type, subject, reason: purpose, ip, userAgent });
  }
}
