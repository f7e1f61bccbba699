import { ActionTokenInvalidError } from '../../../errors/auth-error.js';
import { type Requester, UNKNOWN_REQUESTER } from '../../../principal/requester.js';
import type { Post } from '../mail/account-mails.js';
import type { FlowParts } from './flow-parts.js';
import { flowField } from './flow-arguments.js';

/** A forgotten password: a link in a mail, and a new password for it. The routes call it; call it from routes of your own too. */
export class PasswordReset {
  /** @internal */
  constructor(
    private readonly parts: FlowParts,
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
      const mayMail = await limits.mayMail('reset-password', { identifier: typed, subject, requester });
      if (mayMail && subject !== null) await this.mail(subject, requester, post);
    });
  }

  /**
   * The same for a subject, past the limits: where the account was just locked, its owner needs the link.
   * @internal
   */
  send(subject: string, requester: Requester): void {
    this.parts.mails.later({ kind: 'reset-password', subject, requester }, async (post) => {
      if (await this.parts.directory.isLive(subject)) await this.mail(subject, requester, post);
    });
  }

  /**
   * Sets a new password and ends every sign-in of the subject. It signs nobody in. The password is judged and hashed before the
   * link is spent.
   *
   * @throws ActionTokenInvalidError for every link that cannot be used.
   * @throws PasswordRejectedError for a password that the policy refuses: the link stays good.
   * @throws RateLimitedError, PasswordsBusyError, StoreUnavailableError
   * @returns the subject.
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
  async reset(token: string, password: string, requester: Requester = UNKNOWN_REQUESTER): Promise<string> {
    const { tokens, links, directory, passwords, proof, authentication, notices, events } = this.parts;
    const [link, next] = [flowField('token', token), flowField('password', password)];
    const { subject } = await links.look('reset', link, requester);
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
    return subject;
  }

  private async mail(subject: string, requester: Requester, post: Post): Promise<void> {
    const { directory, tokens, mails } = this.parts;
    const email = await directory.emailOf(subject);
    if (!email) return;
    const { lifetimeMs } = this;
    const issued = await tokens.issue({ purpose: 'reset', subject, lifetimeMs, context: email.address });
    if (!issued?.token) return;
    mails.asked('reset-password', subject, requester);
    const { token, expiresAt } = issued;
    await post(email, { link: { page: 'reset', fragment: { token } }, expiresAt });
  }
}
