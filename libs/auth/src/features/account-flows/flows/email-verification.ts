import { ActionTokenInvalidError, CredentialsInvalidError } from '../../../errors/auth-error.js';
import type { Principal } from '../../../principal/principal.js';
import type { AccountEmail, SubjectId } from '../../../principal/user-directory.js';
import { type Requester, UNKNOWN_REQUESTER } from '../../../principal/requester.js';
import { subjectArgument } from '../../../sign-in/sign-in-arguments.js';
import type { SignInResult } from '../../../sign-in/sign-in-result.js';
import type { FlowParts } from './flow-parts.js';
import { flowField } from './flow-arguments.js';
import type { PasswordReset } from './password-reset.js';

/** How an address is verified. */
export interface EmailVerifyOptions {
  /** The user that the request is signed in as, as guards leave it. Default: nobody. */
  readonly principal?: Principal | undefined;
  /** The account's password, of a reader who is not signed in. Default: it was not given. */
  readonly password?: string | undefined;
  /** How the client holds its next refresh token, where its sign-in is replaced. Default `tokens`. */
  readonly mode?: 'tokens' | 'hybrid';
  readonly requester?: Requester;
}

/** What a verified address did to the account. */
export interface EmailVerified {
  /** Whether the password, linked accounts and other sign-ins were ended: they may be of the person who gave the address first. */
  readonly voided: boolean;
  /** What the sign-in of `principal` goes on with, if it was kept while others ended; else null. */
  readonly kept: SignInResult | null;
}

/** Shows that a user reads the mailbox of an address. The routes call it; call `ask` after a registration. */
export class EmailVerification {
  /** @internal */
  constructor(
    private readonly parts: FlowParts,
    /** Null: the flow is off. */
    private readonly reset: PasswordReset | null,
    private readonly lifetimeMs: number,
  ) {}

  /**
   * Mails a link to the subject's address, unless that is verified. Returns at once.
   *
   * @throws TypeError for what is no subject's id.
   * @example
   * ```ts
   * import { requesterOf } from 'nestjs-aerie';
   * import type { EmailVerification } from 'nestjs-aerie/account-flows';
   * import type { Request } from 'express';
   *
   * export const registered = (emails: EmailVerification, request: Request, userId: string) =>
   *   emails.ask(userId, requesterOf(request));
   * ```
   */
  ask(subject: SubjectId, requester: Requester = UNKNOWN_REQUESTER): void {
    const { directory, tokens, mails, limits } = this.parts;
    const id = subjectArgument(subject);
    mails.later({ kind: 'verify-email', subject: id, requester }, async (post) => {
      const email = await directory.emailOf(id);
      if (!email || email.verified || !(await directory.isLive(id))) return;
      if (!(await limits.mayMail('verify-email', { subject: id, requester }))) return;
      const { lifetimeMs } = this;
      const request = { purpose: 'verify-email', subject: id, lifetimeMs, context: email.address } as const;
      const issued = await tokens.issue(request);
      if (!issued?.token) return;
      mails.asked('verify-email', id, requester);
      const { token, expiresAt } = issued;
      await post(email, { link: { page: 'verifyEmail', fragment: { token } }, expiresAt });
    });
  }

  /**
   * Marks the address as verified. The first proof of an address is not enough to trust what was there before: if it comes
   * neither with a sign-in by password nor with the password, the password and linked accounts are removed, every
   * other sign-in ends, and a mail leads to a new password.
   *
   * @throws ActionTokenInvalidError for every link that cannot be used.
   * @throws CredentialsInvalidError for a wrong `password`: the link stays good.
   * @throws RateLimitedError, PasswordsBusyError, StoreUnavailableError
   * @example
   * ```ts
   * import type { EmailVerification } from 'nestjs-aerie/account-flows';
   *
   * export const opened = (emails: EmailVerification, token: string) => emails.verify(token);
   * ```
   */
  async verify(
    token: string,
    { principal, password, mode = 'tokens', requester = UNKNOWN_REQUESTER }: EmailVerifyOptions = {},
  ): Promise<EmailVerified> {
    const { tokens, links, directory, proof, authentication } = this.parts;
    const link = flowField('token', token);
    const { subject } = await links.look('verify-email', link, requester);
    const email = (await directory.isLive(subject)) ? await directory.emailOf(subject) : null;
    if (!email) throw new ActionTokenInvalidError();
    const holder = principal?.id === subject ? principal : undefined;
    const isOwn =
      holder?.methods.includes('pwd') === true || (await this.isRight(subject, email, password, requester));
    const voids = proof.isFirst(email) && !isOwn;
    const spent = await tokens.redeem('verify-email', link, { context: email.address, owesEnding: voids });
    if (!voids) {
      await this.marked(subject, email, requester);
      return { voided: false, kept: null };
    }
    await proof.voidFormer(subject, email, requester);
    await this.marked(subject, email, requester);
    const keep = holder && { keep: holder, mode };
    const kept = await authentication.credentialsChanged(subject, { ...keep, requester });
    await tokens.settle(spent);
    this.reset?.send(subject, requester);
    return { voided: true, kept };
  }

  /** Throws ActionTokenInvalidError for an address that is not the subject's any more. */
  private async marked(subject: string, email: AccountEmail, requester: Requester): Promise<void> {
    if (!(await this.parts.proof.record(subject, email, requester))) throw new ActionTokenInvalidError();
  }

  /** Whether the password was given, and is right. Throws CredentialsInvalidError for a wrong one. */
  private async isRight(
    subject: string,
    { address }: AccountEmail,
    password: string | undefined,
    requester: Requester,
  ): Promise<boolean> {
    if (password === undefined) return false;
    const { limits, passwords } = this.parts;
    const given = flowField('current_password', password);
    const check = () => passwords.isRightOf(subject, given, requester);
    if (!(await limits.password(address, subject, requester, check))) throw new CredentialsInvalidError();
    return true;
  }
}
