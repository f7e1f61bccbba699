import type { SecurityEventSink } from '../../../audit/security-event.js';
import { ActionTokenInvalidError } from '../../../errors/auth-error.js';
import { type Requester, UNKNOWN_REQUESTER } from '../../../principal/requester.js';
import type { AuthenticationService } from '../../../sign-in/authentication.service.js';
import type { AccountDirectory } from '../account-directory.js';
import type { FlowLimits } from '../flow-limits.js';
import type { AccountMails, Post } from '../mail/account-mails.js';
import type { ActionTokens } from '../tokens/action-tokens.js';
import type { AccountNotices } from './account-notices.js';
import { flowField } from './flow-arguments.js';
import type { MailboxProof } from './mailbox-proof.js';
import type { NewPasswords } from './new-passwords.js';

interface Parts {
  readonly directory: AccountDirectory;
  readonly tokens: ActionTokens;
  readonly mails: AccountMails;
  readonly limits: FlowLimits;
  readonly proof: MailboxProof;
  readonly passwords: NewPasswords;
  readonly authentication: AuthenticationService;
  readonly notices: AccountNotices;
  readonly events: SecurityEventSink;
}

/** A forgotten password: a link in a mail, and a new password for it. The routes call it; call it from routes of your own too. */
export class PasswordReset {
  /** @internal */
  constructor(
    private readonly parts: Parts,
    private readonly lifetimeMs: number,
  ) {}

  /**
   * Mails a link to the address of the subject that has this identifier, once the request was answered. Whether there is such
   * a subject, neither the answer nor its time tells. Over the limits no mail is sent.
   *
   * @throws RequestInvalidError for an identifier that is missing or too long.
   * @example
   * ```ts
   * import { requesterOf } from 'nestjs-aerie';
   * import type { PasswordReset } from 'nestjs-aerie/account-flows';
   * import type { Request } from 'express';
   *
   * export const forgot = (reset: PasswordReset, request: Request, email: string) => reset.ask(email, requesterOf(request));
   * ```
   */
  ask(identifier: string, requester: Requester = UNKNOWN_REQUESTER): void {
    const typed = flowField('identifier', identifier);
    const { directory, limits, mails } = this.parts;
    mails.later({ kind: 'reset-password', subject: null, requester }, async (post) => {
      const subject = await directory.findLive(typed);
      if (!(await limits.mayMail({ identifier: typed, subject, requester })) || subject === null) return;
      await this.mail(subject, post);
    });
  }

  /**
   * The same for a subject, past the limits: where the account was just locked, its owner needs the link.
   * @internal
   */
  send(subject: string, requester: Requester): void {
    this.parts.mails.later({ kind: 'reset-password', subject, requester }, async (post) => {
      if (await this.parts.directory.isLive(subject)) await this.mail(subject, post);
    });
  }

  /**
   * Sets a new password and ends every sign-in of the subject. It signs nobody in. The password is judged and hashed before the
   * link is spent.
   *
   * @throws ActionTokenInvalidError for every link that cannot be used.
   * @throws PasswordRejectedError for a password that the policy refuses: the link stays good.
   * @throws RateLimitedError, PasswordsBusyError, StoreUnavailableError
   * @example
   * ```ts
   * import { requesterOf } from 'nestjs-aerie';
   * import type { PasswordReset } from 'nestjs-aerie/account-flows';
   * import type { Request } from 'express';
   *
   * export const chosen = (reset: PasswordReset, request: Request, token: string, password: string) =>
   *   reset.reset(token, password, requesterOf(request));
   * ```
   */
  async reset(token: string, password: string, requester: Requester = UNKNOWN_REQUESTER): Promise<void> {
    const { tokens, limits, directory, passwords, proof, authentication, notices, events } = this.parts;
    const [link, next] = [flowField('token', token), flowField('password', password)];
    tokens.judge('reset', link);
    await limits.link(requester);
    const { subject } = await tokens.look('reset', link);
    const email = (await directory.isLive(subject)) ? await directory.emailOf(subject) : null;
    if (!email) throw new ActionTokenInvalidError();
    const hash = await passwords.hashed(next, { subject, names: [email.address] }, requester);
    const spent = await tokens.redeem('reset', link, { context: email.address, owesEnding: true });
    await proof.voidFormer(subject, email, requester);
    await directory.forcePasswordHash(subject, hash);
    await proof.record(subject, email, requester);
    await authentication.credentialsChanged(subject);
    await tokens.settle(spent);
    const { ip, userAgent } = requester;
    events.record({ type: 'account-flows.password_reset', subject, ip, userAgent });
    notices.passwordChanged(subject, requester);
  }

  private async mail(subject: string, post: Post): Promise<void> {
    const { directory, tokens } = this.parts;
    const email = await directory.emailOf(subject);
    if (!email) return;
    const { lifetimeMs } = this;
    const issued = await tokens.issue({ purpose: 'reset', subject, lifetimeMs, context: email.address });
    if (!issued?.token) return;
    const { token, expiresAt } = issued;
    await post(email, { link: { page: 'reset', fragment: { token } }, expiresAt });
  }
}
