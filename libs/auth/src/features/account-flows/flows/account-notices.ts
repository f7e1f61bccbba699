import { randomUUID } from 'node:crypto';
import type { Requester } from '../../../principal/requester.js';
import type { AccountEmail } from '../../../principal/user-directory.js';
import type { AccountDirectory } from '../account-directory.js';
import type { FlowLimits } from '../flow-limits.js';
import type { AccountMails, MailSecret } from '../mail/account-mails.js';
import type { ActionTokens } from '../tokens/action-tokens.js';

type Notice = 'password-changed' | 'new-device' | 'handover-used';

/** Mails that tell a user of a change, with a link for a user who did not make it. */
export class AccountNotices {
  constructor(
    private readonly directory: AccountDirectory,
    private readonly tokens: ActionTokens,
    private readonly mails: AccountMails,
    private readonly limits: FlowLimits,
    /** Null: the flow is off, and the mails have no link. */
    private readonly notMeMs: number | null,
  ) {}

  /** Never throws. */
  passwordChanged(subject: string, requester: Requester): void {
    this.tell('password-changed', subject, requester);
  }

  /** Never throws. */
  newDevice(subject: string, requester: Requester): void {
    this.tell('new-device', subject, requester);
  }

  /** Never throws. */
  handoverUsed(subject: string, requester: Requester): void {
    this.tell('handover-used', subject, requester);
  }

  private tell(kind: Notice, subject: string, requester: Requester): void {
    this.mails.later({ kind, subject, requester }, async (post) => {
      const email = await this.directory.emailOf(subject);
      // The first sign-ins come before the proof of the address: they are no news.
      if (!email || (kind !== 'password-changed' && !email.verified)) return;
      if (!(await this.limits.mayTell(kind, subject, requester))) return;
      await post(email, await this.secretFor(subject, email));
    });
  }

  /** An address that was never proved may be another person's: it gets no link that ends the account. */
  private async secretFor(
    subject: string,
    { address, verified }: AccountEmail,
  ): Promise<MailSecret | undefined> {
    if (this.notMeMs === null || !verified) return undefined;
    const about = { undoes: randomUUID(), context: address };
    const issued = await this.tokens.issue({
      purpose: 'not-me',
      subject,
      lifetimeMs: this.notMeMs,
      ...about,
    });
    if (!issued?.token) return undefined;
    const { token, expiresAt } = issued;
    return { link: { page: 'notMe', fragment: { token, email: address } }, expiresAt };
  }
}
