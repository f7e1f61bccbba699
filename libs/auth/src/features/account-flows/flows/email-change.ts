import { randomUUID } from 'node:crypto';
import { ActionTokenInvalidError, CredentialsInvalidError } from '../../../errors/auth-error.js';
import type { Principal } from '../../../principal/principal.js';
import { type Requester, UNKNOWN_REQUESTER } from '../../../principal/requester.js';
import type { AccountEmail } from '../../../principal/user-directory.js';
import type { RecentSignIn } from '../../../sign-in/recent-sign-in.js';
import type { SignInResult } from '../../../sign-in/sign-in-result.js';
import type { MailSecret, Post } from '../mail/account-mails.js';
import type { AccountRescue } from './account-rescue.js';
import type { FlowParts } from './flow-parts.js';
import { addressField, flowField } from './flow-arguments.js';

/** How a change of address is asked for. */
export interface EmailChangeOptions {
  /** The password. Without it the sign-in must be of the last five minutes. */
  readonly password?: string | undefined;
  readonly requester?: Requester;
}

/** How a change of address is confirmed. */
export interface EmailConfirmOptions {
  /** The user that the request is signed in as, as guards leave it: its sign-in goes on. Default: nobody. */
  readonly principal?: Principal | undefined;
  /** How the client holds its next refresh token, where its sign-in is replaced. Default `tokens`. */
  readonly mode?: 'tokens' | 'hybrid';
  readonly requester?: Requester;
}

/** A user moves to another e-mail address. The routes call it; call it from routes of your own too. */
export class EmailChange {
  /** @internal */
  constructor(
    private readonly parts: FlowParts,
    private readonly rescue: AccountRescue,
    private readonly recent: RecentSignIn,
    private readonly lifetimesMs: { readonly changeEmail: number; readonly undo: number },
  ) {}

  /**
   * Mails a link to the next address, after the present one was told and got a link that refuses the change. If an account has
   * the address already, its owner is told, and nothing else happens: the caller cannot tell the two apart.
   *
   * @throws RequestInvalidError for what is no address.
   * @throws RecentSignInRequiredError without a password, when the sign-in is older than five minutes.
   * @throws CredentialsInvalidError for a wrong password.
   * @throws RateLimitedError, PasswordsBusyError, StoreUnavailableError
   * @example
   * ```ts
   * import type { Principal } from 'nestjs-aerie';
   * import type { EmailChange } from 'nestjs-aerie/account-flows';
   *
   * export const move = (emails: EmailChange, user: Principal, email: string, password: string) =>
   *   emails.ask(user, email, { password });
   * ```
   */
  async ask(
    principal: Principal,
    email: string,
    { password, requester = UNKNOWN_REQUESTER }: EmailChangeOptions = {},
  ): Promise<void> {
    const next = addressField(email);
    await this.proven(principal, password, requester);
    const { id: subject } = principal;
    const { directory, limits, mails } = this.parts;
    mails.later({ kind: 'confirm-email', subject, requester }, async (post) => {
      const present = await directory.emailOf(subject);
      if (present?.address === next || !(await directory.isLive(subject))) return;
      // By the next address, too: many accounts of one person must not fill a mailbox.
      if (!(await limits.mayMail('confirm-email', { identifier: next, subject, requester }))) return;
      const owner = await directory.find(next);
      const isTaken = owner !== null && owner !== subject;
      if (!isTaken) mails.asked('confirm-email', subject, requester);
      // First: a thief who asks must not be done before the owner was told. Also of an address that is taken: the mails of the
      // present address do not tell whether it is.
      if (present && !(await this.told(subject, present, post))) return;
      if (isTaken) return this.tellOwner(owner, requester, post);
      const issued = await this.issued('email-confirm', subject, next, this.lifetimesMs.changeEmail);
      if (issued) await post({ ...present, address: next, verified: false }, issued);
    });
  }

  /**
   * Makes the address that the link was sent to the subject's, and ends its other sign-ins. The former address gets a link
   * that undoes it.
   *
   * @throws ActionTokenInvalidError for every link that cannot be used, and when another account has got the address meanwhile.
   * @throws RateLimitedError, StoreUnavailableError
   * @returns what the sign-in of `principal` goes on with; null without one.
   * @example
   * ```ts
   * import type { EmailChange } from 'nestjs-aerie/account-flows';
   *
   * export const confirmed = (emails: EmailChange, token: string, email: string) => emails.confirm(token, email);
   * ```
   */
  async confirm(
    token: string,
    email: string,
    { principal, mode = 'tokens', requester = UNKNOWN_REQUESTER }: EmailConfirmOptions = {},
  ): Promise<SignInResult | null> {
    const { tokens, links, directory, authentication, events } = this.parts;
    const [link, next] = [flowField('token', token), addressField(email)];
    const { subject } = await links.look('email-confirm', link, requester);
    if (!(await directory.isLive(subject))) throw new ActionTokenInvalidError();
    const spent = await tokens.redeem('email-confirm', link, { context: next, owesEnding: true });
    const former = await directory.emailOf(subject);
    // Made before the change: it must not be possible to change the address and not to undo it.
    const undo = former?.verified
      ? await this.issued('email-undo', subject, former.address, this.lifetimesMs.undo)
      : null;
    if (!former || !(await directory.setEmail(subject, next, former.address))) {
      // Another account has the address by now: nothing has changed, and nothing is to end.
      await tokens.settle(spent);
      throw new ActionTokenInvalidError();
    }
    if (!(await tokens.isUpToDate(spent))) {
      // The account was rescued, or its password changed, since the link was spent: that came first.
      await directory.setEmail(subject, former.address, next);
      await tokens.settle(spent);
      throw new ActionTokenInvalidError();
    }
    const keep = principal?.id === subject && { keep: principal, mode };
    const kept = await authentication.credentialsChanged(subject, { ...keep, requester });
    await tokens.settle(spent);
    const { ip, userAgent } = requester;
    events.record({ type: 'account-flows.email_changed', subject, ip, userAgent });
    this.parts.mails.later({ kind: 'email-changed', subject, requester }, async (post) => {
      await post(former, undo ?? undefined);
    });
    return kept;
  }

  /**
   * Refuses or undoes a change: the former address is the subject's again, every sign-in ends, the password and linked accounts
   * are removed, and a mail leads to a new password. No later change of the account ends this link.
   *
   * @throws ActionTokenInvalidError for every link that cannot be used.
   * @throws RateLimitedError, StoreUnavailableError: the link stays good.
   * @returns whether the address is the subject's again: false if another account has it by now. The rest is done all the same,
   * but no link to a new password is mailed; this link stays good.
   * @example
   * ```ts
   * import type { EmailChange } from 'nestjs-aerie/account-flows';
   *
   * export const undone = (emails: EmailChange, token: string, email: string) => emails.undo(token, email);
   * ```
   */
  async undo(token: string, email: string, requester: Requester = UNKNOWN_REQUESTER): Promise<boolean> {
    const { subject, restored } = await this.rescue.rescue('email-undo', token, email, requester);
    const { ip, userAgent } = requester;
    const reason = restored ? 'restored' : 'address_taken';
    this.parts.events.record({ type: 'account-flows.email_undone', subject, reason, ip, userAgent });
    return restored;
  }

  private async proven(
    principal: Principal,
    password: string | undefined,
    requester: Requester,
  ): Promise<void> {
    const { limits, passwords } = this.parts;
    if (password === undefined) return this.recent.require(principal, '5m');
    const current = flowField('current_password', password);
    const check = (known: Requester) => passwords.isRightOf(principal.id, current, known);
    if (!(await limits.currentPassword(principal, requester, check))) throw new CredentialsInvalidError();
  }

  private async tellOwner(owner: string, requester: Requester, post: Post): Promise<void> {
    const { directory, limits } = this.parts;
    const email = await directory.emailOf(owner);
    if (email && (await limits.mayMail('email-taken', { subject: owner, requester })))
      await post(email, undefined, 'email-taken');
  }

  /** Whether the present address was told, and may refuse. An unverified one may be another person's: it is given no link. */
  private async told(subject: string, present: AccountEmail, post: Post): Promise<boolean> {
    if (!present.verified) return true;
    const { changeEmail, undo } = this.lifetimesMs;
    const issued = await this.issued('email-undo', subject, present.address, changeEmail + undo);
    return issued !== null && post(present, issued, 'email-change-asked');
  }

  private async issued(
    purpose: 'email-confirm' | 'email-undo',
    subject: string,
    address: string,
    lifetimeMs: number,
  ): Promise<MailSecret | null> {
    const isUndo = purpose === 'email-undo';
    const undoes = isUndo && { undoes: randomUUID() };
    const issued = await this.parts.tokens.issue({
      purpose,
      subject,
      lifetimeMs,
      context: address,
      ...undoes,
    });
    if (!issued?.token) return null;
    const { token, expiresAt } = issued;
    const page = isUndo ? 'undoEmail' : 'confirmEmail';
    return { link: { page, fragment: { token, email: address } }, expiresAt };
  }
}
