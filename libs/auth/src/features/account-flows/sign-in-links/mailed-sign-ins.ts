import type { AttemptLimiter } from '../../../attempts/attempt-limiter.js';
import type { SecurityEventSink } from '../../../audit/security-event.js';
import { ActionTokenInvalidError } from '../../../errors/auth-error.js';
import type { Principal } from '../../../principal/principal.js';
import type { Requester } from '../../../principal/requester.js';
import type { AuthenticationService } from '../../../sign-in/authentication.service.js';
import type { Authenticator } from '../../../sign-in/authenticator.js';
import type { SubjectStore } from '../../../subjects/subject-store.js';
import type { AccountDirectory } from '../account-directory.js';
import type { ResolvedAccountFlowsOptions } from '../account-flow-settings.js';
import type { Asker } from '../askers/asker.js';
import type { MailboxProof } from '../flows/mailbox-proof.js';
import type { PasswordReset } from '../flows/password-reset.js';
import type { AccountMails, Post } from '../mail/account-mails.js';
import { type ActionTokens, isAskedBy, type LiveActionToken } from '../tokens/action-tokens.js';
import { refusedAlike } from './refused-alike.js';

const PURPOSE = 'sign-in';
const MAIL = { link: 'magic-link', code: 'code' } as const;
/** How the person was authenticated (`amr`). RFC 8176 has a word for codes, and none for a mailbox. */
const METHODS = { link: ['email'], code: ['otp'] } as const;

interface Parts {
  readonly tokens: ActionTokens;
  readonly directory: AccountDirectory;
  readonly mails: AccountMails;
  readonly proof: MailboxProof;
  readonly subjects: SubjectStore;
  readonly authenticator: Authenticator;
  readonly authentication: AuthenticationService;
  readonly attempts: AttemptLimiter;
  readonly events: SecurityEventSink;
  /** Null: the flow is off. */
  readonly reset: Pick<PasswordReset, 'send'> | null;
}

/** What a page shows that a link was opened on. */
export interface OpenedLink {
  /** Whether this client asked for the link, and may sign in with it. */
  readonly askedHere: boolean;
  /** What to type where the link was asked for. */
  readonly code: string;
  /** Epoch milliseconds. */
  readonly expiresAt: number;
}

/**
 * Sign-in by a link or a code in a mail. The client that asked signs in, and no other one: the link shows a code when it is
 * opened elsewhere, and the code is good for the client that asked. An identifier that no user has gets the same answer.
 */
export class MailedSignIns {
  /** @internal */
  constructor(
    private readonly parts: Parts,
    private readonly lifetimesMs: Pick<ResolvedAccountFlowsOptions['lifetimesMs'], 'magicLink' | 'code'>,
  ) {}

  /** Mails a link or a code to the subject that has this identifier. It returns at once: all work comes after the answer. */
  send(kind: 'link' | 'code', identifier: string, asker: Asker, requester: Requester): void {
    const asked = { kind: MAIL[kind], subject: null, requester };
    this.parts.mails.later(asked, (post) => this.mail(kind, identifier, asker, requester, post));
  }

  /** How long what `send` mails is good, in milliseconds. */
  lifetimeOf(kind: 'link' | 'code'): number {
    return kind === 'link' ? this.lifetimesMs.magicLink : this.lifetimesMs.code;
  }

  /**
   * Looks at a link, which stays good.
   *
   * @throws ActionTokenInvalidError for every link that cannot be used.
   * @throws RateLimitedError, StoreUnavailableError
   */
  async open(token: unknown, asker: Asker | null, requester: Requester): Promise<OpenedLink> {
    const live = await this.look(token, requester);
    const code = this.parts.tokens.codeOf(live);
    if (code === null) throw new ActionTokenInvalidError();
    return { askedHere: isAskedBy(live, asker?.hash ?? null), code, expiresAt: live.expiresAt };
  }

  /**
   * Spends a link, and gives the principal of its subject. It has no sign-in yet: `AuthenticationService.signIn` and
   * `HttpSignIn.signIn` open one.
   *
   * @throws ActionTokenInvalidError for every link that cannot be used, and for one that another client asked for.
   * @throws RateLimitedError, StoreUnavailableError
   */
  async byLink(token: unknown, asker: Asker | null, requester: Requester): Promise<Principal> {
    const live = await this.look(token, requester);
    if (asker === null || !isAskedBy(live, asker.hash)) {
      this.refused('asker', live.subject, requester);
      throw new ActionTokenInvalidError();
    }
    return this.spend('link', live, requester, (options) =>
      this.parts.tokens.redeem(PURPOSE, token, { ...options, asker: asker.hash }),
    );
  }

  /** The same by a code. Tries count by the client that asked. */
  async byCode(code: unknown, asker: Asker | null, requester: Requester): Promise<Principal> {
    const { tokens, attempts } = this.parts;
    tokens.judgeCode(code);
    if (asker === null) throw new ActionTokenInvalidError();
    const attempt = await attempts.take('code', { asker: asker.hash, requester });
    let principal: Principal;
    try {
      const live = await tokens.lookForCode(PURPOSE, code, asker.hash);
      principal = await this.spend('code', live, requester, (options) =>
        tokens.redeemCode(PURPOSE, code, { ...options, asker: asker.hash }),
      );
    } catch (error) {
      if (error instanceof ActionTokenInvalidError) this.refused('code', null, requester);
      else await attempt.cancelled();
      throw error;
    }
    await attempt.succeeded();
    return principal;
  }

  /** What was made up costs neither a query nor a unit of a budget. */
  private async look(token: unknown, requester: Requester): Promise<LiveActionToken> {
    const { tokens, attempts } = this.parts;
    tokens.judge(PURPOSE, token);
    const attempt = await attempts.take('action-token', { requester });
    try {
      const live = await tokens.look(PURPOSE, token);
      // The unit of the address too: everyone in an office may open a link.
      await attempt.cancelled();
      return live;
    } catch (error) {
      if (error instanceof ActionTokenInvalidError) this.refused('token', null, requester);
      else await attempt.cancelled();
      throw error;
    }
  }

  /** The epochs are read before the token is spent: whatever changes the subject from here on fails the sign-in. */
  private async spend(
    by: 'link' | 'code',
    { subject }: LiveActionToken,
    requester: Requester,
    redeem: (options: { readonly context: string; readonly owesEnding: boolean }) => Promise<LiveActionToken>,
  ): Promise<Principal> {
    const { directory, proof, authentication, tokens, reset } = this.parts;
    const principal = await this.principalOf(subject, by, requester);
    const email = await directory.emailOf(subject);
    if (!email) throw new ActionTokenInvalidError();
    const isFirst = proof.isFirst(email);
    const spent = await redeem({ context: email.address, owesEnding: isFirst });
    if (!isFirst) return principal;
    await proof.voidFormer(subject, email, requester);
    const isRecorded = await proof.record(subject, email, requester);
    await authentication.credentialsChanged(subject, { requester });
    await tokens.settle(spent);
    if (!isRecorded) throw new ActionTokenInvalidError();
    reset?.send(subject, requester);
    return this.principalOf(subject, by, requester);
  }

  private async principalOf(subject: string, by: 'link' | 'code', requester: Requester): Promise<Principal> {
    const { subjects, authenticator } = this.parts;
    const epochs = await subjects.epochs(subject);
    return refusedAlike(() => authenticator.authenticated(epochs, METHODS[by], requester));
  }

  private async mail(
    kind: 'link' | 'code',
    identifier: string,
    asker: Asker,
    requester: Requester,
    post: Post,
  ): Promise<void> {
    const { directory, tokens, attempts, events, subjects } = this.parts;
    const subject = await directory.findLive(identifier);
    const email = subject === null ? null : await directory.emailOf(subject);
    if (subject === null || !email) return;
    const { credentialVersion } = await subjects.epochs(subject);
    const { ip, userAgent } = requester;
    const about = { subject, kind: MAIL[kind], ip, userAgent };
    const mayMail = await attempts.tryTake('mail', { identifier, subject, credentialVersion, requester });
    const request = { purpose: PURPOSE, subject, kind, context: email.address, asker: asker.hash } as const;
    const issued = mayMail && (await tokens.issue({ ...request, lifetimeMs: this.lifetimeOf(kind) }));
    if (!issued) return events.record({ type: 'account-flows.mail_limited', ...about });
    events.record({ type: 'account-flows.asked', ...about });
    const { token, code, expiresAt } = issued;
    if (token !== null) await post(email, { link: { page: 'magicLink', fragment: { token } }, expiresAt });
    else await post(email, { code, expiresAt });
  }

  private refused(
    reason: 'token' | 'code' | 'asker',
    subject: string | null,
    { ip, userAgent }: Requester,
  ): void {
    const type = 'account-flows.token_refused';
    this.parts.events.record({ type, purpose: PURPOSE, reason, subject, ip, userAgent });
  }
}
