import type { SecurityEventSink } from '../audit/security-event-sink.js';
import type { HostTransaction } from '../database/auth-database.js';
import { CredentialsInvalidError, SessionInvalidError, SignInNotFoundError } from '../errors/auth-error.js';
import type { SignInMode } from '../options/auth-options.js';
import type { Principal } from '../principal/principal.js';
import { arriving, type Requester, UNKNOWN_REQUESTER } from '../principal/requester.js';
import { isUuid } from '../crypto/uuid.js';
import type { SessionService } from '../sessions/session.service.js';
import type { SignInLimit } from '../subjects/sign-in-limit.js';
import { isSubject } from '../subjects/subject-key.js';
import type { SubjectStore } from '../subjects/subject-store.js';
import type { Authenticator } from './authenticator.js';
import type { CredentialChanges, KeptCredential, KeptOwner } from './credential-changes.js';
import type { PrincipalSource } from './principal-source.js';
import type { SignInEnding } from './sign-in-ending.js';
import type { SignInOpener } from './sign-in-opener.js';
import type { SignInRecord } from './sign-in-record.js';
import type { SignInRegistry } from './sign-in-registry.js';
import type { SignInResult, TokensResult } from './sign-in-result.js';
import type { Sweeper, Swept } from './sweeper.js';
import type { RefreshExchange } from './refresh-exchange.js';

const MAX_TRIES = 3;
const MAX_LABEL = 100;

export interface SignInOptions {
  /** Default: the module's `defaultMode`. */
  readonly mode?: SignInMode;
  /** How the person was authenticated (`amr`, RFC 8176). Default: as the principal says, or none. */
  readonly methods?: readonly string[];
  /** Narrows the sign-in to some of the subject's scopes. Default: all of them. */
  readonly scopes?: readonly string[];
  /** What the owner may call this sign-in; cut to 100 characters. */
  readonly label?: string;
  /** Ids of sign-ins that this one replaces: `maxSignInsPerSubject` does not count them; end them once it is open. Default none. */
  readonly replacing?: readonly string[];
  /** Where the request came from (`requesterOf(request)`). Default: unknown. */
  readonly requester?: Requester;
}

export interface RefreshOptions {
  /** The client's own key for this refresh token: with it, a retry is answered after the replay window too. */
  readonly idempotencyKey?: string;
  /** How the client holds the token: `hybrid` for a cookie. Default `tokens`. */
  readonly mode?: 'tokens' | 'hybrid';
  readonly requester?: Requester;
}

/**
 * What an application injects to sign people in and out. Every method throws StoreUnavailableError when a store or
 * the user directory cannot answer; nothing is claimed then that was not done.
 */
export class AuthenticationService {
  constructor(
    private readonly parts: {
      readonly authenticator: Authenticator;
      readonly source: PrincipalSource;
      readonly subjects: SubjectStore;
      readonly sessions: SessionService;
      readonly opener: SignInOpener;
      readonly exchange: RefreshExchange;
      readonly endings: SignInEnding;
      readonly changes: CredentialChanges;
      readonly registry: SignInRegistry;
      readonly sweeper: Sweeper;
      readonly events: SecurityEventSink;
    },
    private readonly defaultMode: SignInMode,
    /** Null: a subject may have any number of sign-ins. */
    private readonly limit: SignInLimit | null,
  ) {}

  /**
   * Signs in a subject that was authenticated: by its password (give the principal that `LocalAuthGuard` left), or by
   * any other strategy (give its id). Throws CredentialsInvalidError when the subject may not sign in, or changed
   * since its password was checked; SignInLimitError when it has as many sign-ins as it may have.
   */
  async signIn(who: string | Principal, options: SignInOptions = {}): Promise<SignInResult> {
    const { authenticator, subjects, source, opener } = this.parts;
    const subject = subjectOf(typeof who === 'string' ? who : who.id);
    const proof = typeof who === 'string' ? undefined : authenticator.proofOf(who);
    const methods = options.methods ?? (typeof who === 'string' ? [] : who.methods);
    const { mode = this.defaultMode, scopes = null, requester = UNKNOWN_REQUESTER } = options;
    const label = options.label?.slice(0, MAX_LABEL) ?? null;
    const limit = this.limit && { ...this.limit, replacing: options.replacing ?? [] };
    for (let tried = 1; ; tried++) {
      const epochs = proof ?? (await subjects.epochs(subject));
      const loaded = await source.load(subject);
      if (!loaded) throw this.refused('disabled', requester);
      const opening = { epochs, methods, scopes, label, limit };
      const result = await opener.open(mode, loaded, opening, requester);
      if (result) return result;
      // The subject changed in between: a password that was checked before the change must be checked again.
      if (proof || tried >= MAX_TRIES) throw this.refused('changed_meanwhile', requester);
    }
  }

  /**
   * Checks an identifier and a password, then signs in. Throws RequestInvalidError for one that is missing or too long,
   * CredentialsInvalidError, PasswordsBusyError, SignInLimitError.
   */
  async signInWithPassword(
    identifier: string,
    password: string,
    options: SignInOptions = {},
  ): Promise<SignInResult> {
    const requester = options.requester ?? UNKNOWN_REQUESTER;
    return this.signIn(await this.parts.authenticator.password(identifier, password, requester), options);
  }

  /**
   * Exchanges a refresh token for its successor and a fresh access token; a retry with the same token gets the same
   * successor. Throws RefreshTokenInvalidError.
   */
  async refresh(refreshToken: string, options: RefreshOptions = {}): Promise<TokensResult> {
    const { idempotencyKey = null, mode = 'tokens', requester } = options;
    const result = await this.parts.exchange.refresh(refreshToken, idempotencyKey, arriving(requester));
    return { ...result, mode };
  }

  /**
   * The subject proved themselves once more (a second factor, the password again): the sign-in gets a new secret, so
   * that a copy of the former one is worthless, and `methods` and the time of authentication are those of now. Hand
   * out what is returned. Throws RefreshTokenInvalidError, SessionInvalidError, for another subject's credential too.
   */
  async stepUp(
    subject: string,
    credential: KeptCredential,
    methods: readonly string[],
    requester = UNKNOWN_REQUESTER,
  ): Promise<SignInResult> {
    if ('refreshToken' in credential) {
      const { refreshToken, mode = 'tokens' } = credential;
      const result = await this.parts.exchange.stepUp(subject, refreshToken, methods, arriving(requester));
      return { ...result, mode };
    }
    const { id } = await this.parts.authenticator.session(credential.session);
    if (id !== subject) throw new SessionInvalidError();
    const next = await this.parts.sessions.renew(credential.session, { methods });
    return this.parts.authenticator.resumedSession(next.token);
  }

  /** Live sign-ins of a subject, the newest first; at most 1,000. No token material. */
  listSignIns(subject: string): Promise<readonly SignInRecord[]> {
    return this.parts.registry.list(subjectOf(subject));
  }

  /** Ends the sign-in of a principal. Repeating it does nothing. */
  async signOut(principal: Principal): Promise<void> {
    await this.parts.endings.endOne(principal.id, principal.signInId, 'signed_out');
  }

  /** Ends one sign-in of a subject. Throws SignInNotFoundError when it has no live one of that id. */
  async endSignIn(subject: string, signInId: string): Promise<void> {
    const ended =
      isUuid(signInId) && (await this.parts.endings.endOne(subjectOf(subject), signInId, 'ended_by_subject'));
    if (!ended) throw new SignInNotFoundError();
  }

  /** Ends every sign-in of a subject but the one given; how many. The kept one's access tokens become stale. */
  endOtherSignIns(subject: string, keep: string): Promise<number> {
    return this.parts.endings.endAll(subjectOf(subject), 'others_ended', keep);
  }

  /** Ends every sign-in of a subject; how many. */
  endAllSignIns(subject: string, reason = 'all_ended'): Promise<number> {
    return this.parts.endings.endAll(subjectOf(subject), reason);
  }

  /** A disabled or deleted user: everything of theirs ends now, rather than at their next refresh. */
  userDisabled(subject: string): Promise<number> {
    return this.endAllSignIns(subject, 'user_disabled');
  }

  /**
   * Roles, scopes or profile changed: access tokens become stale, sign-ins stay. Call it after the change was
   * committed, or give the EntityManager of the transaction that makes it; never before.
   */
  async rolesChanged(subject: string, options: { readonly manager?: HostTransaction } = {}): Promise<void> {
    await this.parts.registry.subjectChanged(subjectOf(subject), options.manager);
    this.parts.events.record({ type: 'subject_changed', subject, reason: 'roles_changed' });
  }

  /**
   * The password (or another credential) changed, and the change is committed: every sign-in ends, and one that has not
   * opened yet fails. Only `keep` goes on, with a new secret: a principal as guards leave it, or a credential. Hand out what
   * is returned, as after a sign-in; null when nothing was kept. Without its refresh token, the sign-in of an access token
   * is replaced by a new one (a thief may hold that token); `mode`, default `tokens`, says how its client holds the next.
   * Throws SessionInvalid-, AccessTokenRevoked- or RefreshTokenInvalidError when what was to be kept had ended: everything
   * has ended then. TypeError for the principal of another subject: nothing has.
   */
  credentialsChanged(
    subject: string,
    options: {
      readonly keep?: KeptOwner;
      readonly mode?: 'tokens' | 'hybrid';
      readonly requester?: Requester;
    } = {},
  ): Promise<SignInResult | null> {
    const { keep = null, mode = 'tokens', requester } = options;
    return this.parts.changes.changed(subjectOf(subject), keep, mode, arriving(requester));
  }

  /** Ends everything of a subject and erases its rows, addresses and user agents. */
  async forgetSubject(subject: string): Promise<void> {
    const ended = await this.parts.registry.forget(subjectOf(subject));
    this.parts.events.record({ type: 'subject_ended', subject, reason: 'forgotten', ended });
  }

  /** An incident: every sign-in and access token of everybody is dead. */
  async revokeEverything(): Promise<void> {
    await this.parts.registry.revokeEverything();
    this.parts.events.record({ type: 'everything_revoked' });
  }

  /** Deletes rows past their limits; for applications that set `sweepInterval: false` and schedule it themselves. */
  sweep(): Promise<Swept> {
    return this.parts.sweeper.sweep();
  }

  private refused(
    reason: 'disabled' | 'changed_meanwhile',
    { ip, userAgent }: Requester,
  ): CredentialsInvalidError {
    this.parts.events.record({ type: 'sign_in_refused', reason, ip, userAgent });
    return new CredentialsInvalidError();
  }
}

function subjectOf(value: unknown): string {
  if (!isSubject(value)) throw new TypeError('a subject is a non-empty string of at most 255 bytes');
  return value;
}
