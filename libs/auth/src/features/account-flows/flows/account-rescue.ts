import type { SecurityEventSink } from '../../../audit/security-event.js';
import { type Requester, UNKNOWN_REQUESTER } from '../../../principal/requester.js';
import type { AuthenticationService } from '../../../sign-in/authentication.service.js';
import type { AccountDirectory } from '../account-directory.js';
import type { FlowLimits } from '../flow-limits.js';
import { ACTION_PURPOSES, type ActionPurpose } from '../tokens/action-token.js';
import type { DueEnding } from '../tokens/action-token-store.js';
import type { ActionTokens, LiveActionToken } from '../tokens/action-tokens.js';
import { flowField } from './flow-arguments.js';
import type { PasswordReset } from './password-reset.js';

/** Purposes of tokens that owe an ending only as the first proof of an address. */
const FIRST_PROOFS: readonly ActionPurpose[] = ['sign-in', 'verify-email'];

interface Parts {
  readonly directory: AccountDirectory;
  readonly tokens: ActionTokens;
  readonly limits: FlowLimits;
  readonly authentication: AuthenticationService;
  /** Null: the flow is off. */
  readonly reset: PasswordReset | null;
  readonly events: SecurityEventSink;
}

/** The link "this was not me" in mails about changes. */
export class AccountRescue {
  /** @internal */
  constructor(private readonly parts: Parts) {}

  /**
   * Takes the account from whoever has it: ends every sign-in, removes the password and linked accounts, ends links that wait,
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
    const { tokens, limits, events } = this.parts;
    const link = flowField('token', token);
    tokens.judge('not-me', link);
    await limits.link(requester);
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
    const { tokens, authentication, reset } = this.parts;
    const { subject } = spent;
    await this.voidCredentials(spent, requester);
    await restore();
    await authentication.credentialsChanged(subject);
    await tokens.settle(spent);
    reset?.send(subject, requester);
  }

  /** What a redeemed token owes, when its request could not do it. Throws StoreUnavailableError. */
  async finish(owed: DueEnding): Promise<void> {
    const { authentication, reset } = this.parts;
    const isRescue = ACTION_PURPOSES[owed.purpose] === 'rescue';
    const voids = isRescue || (FIRST_PROOFS.includes(owed.purpose) && (await this.isUnproved(owed.subject)));
    if (voids) await this.voidCredentials(owed, UNKNOWN_REQUESTER);
    await authentication.credentialsChanged(owed.subject);
    if (voids) reset?.send(owed.subject, UNKNOWN_REQUESTER);
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
