import type { SecurityEventSink } from '../audit/security-event.js';
import type { HostTransaction } from '../sql/database/sql-database.js';
import { CredentialsInvalidError, SessionInvalidError, SignInNotFoundError } from '../errors/auth-error.js';
import type { SignInMode } from '../options/auth-options.js';
import type { Principal } from '../principal/principal.js';
import type { SubjectId } from '../principal/user-directory.js';
import { arriving, type Requester } from '../principal/requester.js';
import { isUuid } from '../crypto/uuid.js';
import type { SessionService } from '../sessions/session.service.js';
import type { SignInLimit } from '../subjects/sign-in-limit.js';
import type { SubjectStore } from '../subjects/subject-store.js';
import type { Authenticator, PasswordProof } from './authenticator.js';
import type { CredentialChanges, KeptCredential } from './credential-changes.js';
import type { UserLoader } from '../users/user-loader.js';
import type { SignOut } from './sign-out.js';
import type { SignInOpener } from './sign-in-opener.js';
import type { SignInRecord } from '../stores/sign-in-record.js';
import type { SignInRegistry } from '../stores/sign-in-registry.js';
import { commonScopes, narrowedByHand, type SignInScopes } from './sign-in-scopes.js';
import type { SignInResult, TokensResult } from './sign-in-result.js';
import type { Sweeper, Swept } from '../lifecycle/expired-rows-sweeper.js';
import type { TokenRefresh } from './token-refresh.js';
import {
  changeArguments,
  type CredentialChangeOptions,
  heldArgument,
  methodsArgument,
  principalArgument,
  reasonArgument,
  type RefreshOptions,
  refreshArguments,
  requesterArgument,
  signInArguments,
  signInIdArgument,
  type SignInOptions,
  subjectArgument,
  transactionArgument,
  whoArgument,
} from './sign-in-arguments.js';

const MAX_TRIES = 3;
const PROOF_FRESH_MS = 10_000;

/**
 * What an application injects to sign people in and out. Every method throws StoreUnavailableError when a store or
 * the user directory cannot answer; nothing is claimed then that was not done. A wrong argument is TypeError, and a wrong or
 * unknown option AuthConfigError: both name it, and nothing was done.
 */
export class AuthenticationService {
  /** @internal */
  constructor(
    private readonly parts: {
      readonly authenticator: Authenticator;
      readonly source: UserLoader;
      readonly subjects: SubjectStore;
      readonly sessions: SessionService;
      readonly scopes: SignInScopes;
      readonly opener: SignInOpener;
      readonly exchange: TokenRefresh;
      readonly signOut: SignOut;
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
   * any other strategy (give its id). A principal that was narrowed to some scopes, with its sign-in or by hand, stays
   * narrowed: `scopes` can only take away. Throws CredentialsInvalidError when the subject may not sign in, or changed
   * since its password was checked; SignInLimitError when it has as many sign-ins as it may have.
   */
  async signIn(who: SubjectId | Principal, options: SignInOptions = {}): Promise<SignInResult> {
    const { authenticator, subjects, source, opener } = this.parts;
    const { subject, principal } = whoArgument(who);
    const {
      mode,
      scopes: asked,
      label,
      replacing,
      requester,
      ...given
    } = signInArguments(options, this.defaultMode);
    const proof = principal && authenticator.proofOf(principal);
    const methods = given.methods ?? principal?.methods ?? [];
    const limit = this.limit && { ...this.limit, replacing };
    const ofSignIn = principal ? await this.parts.scopes.of(principal) : null;
    for (let tried = 1; ; tried++) {
      const epochs = proof?.epochs ?? (await subjects.epochs(subject));
      // Loaded under these epochs a moment ago: the directory need not be asked again.
      const loaded = proof && isFresh(proof) ? proof.loaded : await source.load(subject);
      if (!loaded) throw this.refused('disabled', requester);
      const byHand = principal && !proof ? narrowedByHand(principal, loaded.scopes) : null;
      const opening = { epochs, methods, scopes: commonScopes(asked, ofSignIn, byHand), label, limit };
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
    // Before the password: a mistake of the program must not depend on what was typed.
    const { requester } = signInArguments(options, this.defaultMode);
    return this.signIn(await this.parts.authenticator.password(identifier, password, requester), options);
  }

  /**
   * Exchanges a refresh token for its successor and a fresh access token; a retry with the same token gets the same
   * successor. Throws RefreshTokenInvalidError.
   */
  async refresh(refreshToken: string, options: RefreshOptions = {}): Promise<TokensResult> {
    const { idempotencyKey, mode, requester } = refreshArguments(options);
    const result = await this.parts.exchange.refresh(refreshToken, idempotencyKey, arriving(requester));
    return { ...result, mode };
  }

  /**
   * The subject proved themselves once more (a second factor, the password again): the sign-in gets a new secret, so
   * that a copy of the former one is worthless, and `methods` and the time of authentication are those of now. Hand
   * out what is returned. Throws RefreshTokenInvalidError, SessionInvalidError, for another subject's credential too.
   */
  async stepUp(
    subject: SubjectId,
    credential: KeptCredential,
    methods: readonly string[],
    requester?: Requester,
  ): Promise<SignInResult> {
    const who = subjectArgument(subject);
    const held = heldArgument(credential, 'credential');
    const proved = methodsArgument(methods);
    const arrived = arriving(requesterArgument(requester));
    if ('refreshToken' in held) {
      const { refreshToken, mode = 'tokens' } = held;
      return { ...(await this.parts.exchange.stepUp(who, refreshToken, proved, arrived)), mode };
    }
    const { id } = await this.parts.authenticator.session(held.session);
    if (id !== who) throw new SessionInvalidError();
    const next = await this.parts.sessions.renew(held.session, { methods: proved });
    return this.parts.authenticator.resumedSession(next.token);
  }

  /** Live sign-ins of a subject, the newest first; at most 1,000. No token material. */
  async listSignIns(subject: SubjectId): Promise<readonly SignInRecord[]> {
    return this.parts.registry.list(subjectArgument(subject));
  }

  /** Ends the sign-in of a principal. Repeating it does nothing. */
  async signOut(principal: Principal): Promise<void> {
    const { id, signInId } = principalArgument(principal);
    await this.parts.signOut.endOne(id, signInId, 'signed_out');
  }

  /** Ends one sign-in of a subject. Throws SignInNotFoundError when it has no live one of that id. */
  async endSignIn(subject: SubjectId, signInId: string): Promise<void> {
    const id = subjectArgument(subject);
    const ended = isUuid(signInId) && (await this.parts.signOut.endOne(id, signInId, 'ended_by_subject'));
    if (!ended) throw new SignInNotFoundError();
  }

  /** Ends every sign-in of a subject but the one given; how many. The kept one's access tokens become stale. */
  async endOtherSignIns(subject: SubjectId, keep: string): Promise<number> {
    const kept = signInIdArgument(keep, 'keep');
    return this.parts.signOut.endAll(subjectArgument(subject), 'others_ended', kept);
  }

  /** Ends every sign-in of a subject; how many. */
  async endAllSignIns(subject: SubjectId, reason = 'all_ended'): Promise<number> {
    return this.parts.signOut.endAll(subjectArgument(subject), reasonArgument(reason));
  }

  /** A disabled or deleted user: everything of theirs ends now, rather than at their next refresh. */
  userDisabled(subject: SubjectId): Promise<number> {
    return this.endAllSignIns(subject, 'user_disabled');
  }

  /**
   * Roles, scopes or profile changed: access tokens become stale, sign-ins stay. Call it after the change was
   * committed, or give the EntityManager of the transaction that makes it; never before.
   */
  async rolesChanged(
    subject: SubjectId,
    options: { readonly manager?: HostTransaction } = {},
  ): Promise<void> {
    const id = subjectArgument(subject);
    await this.parts.registry.subjectChanged(id, transactionArgument(options));
    this.parts.events.record({ type: 'subject_changed', subject: id, reason: 'roles_changed' });
  }

  /**
   * The password (or another credential) changed, and the change is committed: every sign-in ends, and one that has not
   * opened yet fails. Only `keep` goes on, with a new secret: a principal as guards leave it, or a credential. Hand out what
   * is returned, as after a sign-in; null when nothing was kept. Without its refresh token, the sign-in of an access token
   * is replaced by a new one (a thief may hold that token); `mode`, default `tokens`, says how its client holds the next.
   * Throws SessionInvalid-, AccessTokenRevoked- or RefreshTokenInvalidError when what was to be kept had ended: everything
   * has ended then. TypeError for the principal of another subject: nothing has.
   */
  async credentialsChanged(
    subject: SubjectId,
    options: CredentialChangeOptions = {},
  ): Promise<SignInResult | null> {
    const { keep, mode, requester } = changeArguments(options);
    return this.parts.changes.changed(subjectArgument(subject), keep, mode, arriving(requester));
  }

  /** Ends everything of a subject and erases its rows, addresses and user agents. */
  async forgetSubject(subject: SubjectId): Promise<void> {
    const id = subjectArgument(subject);
    const ended = await this.parts.registry.forget(id);
    this.parts.events.record({ type: 'subject_ended', subject: id, reason: 'forgotten', ended });
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

/** A subject that was loaded earlier is loaded again: the application may have changed it without telling us. */
function isFresh({ loadedAt }: PasswordProof): boolean {
  return performance.now() - loadedAt < PROOF_FRESH_MS;
}
