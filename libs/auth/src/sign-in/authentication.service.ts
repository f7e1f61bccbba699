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
   * Opens a sign-in for a subject that was authenticated. After a password check give the principal that `LocalAuthGuard`
   * set; after any other strategy give the subject's id. A principal with fewer scopes keeps them: `scopes` can only remove
   * more.
   *
   * @throws CredentialsInvalidError when the subject may not sign in, or changed since its password was checked.
   * @throws SignInLimitError when the subject has `maxSignInsPerSubject` sign-ins and `onSignInLimit` is `refuse`.
   * @throws TypeError for a wrong `who`, AuthConfigError for a wrong option.
   * @throws StoreUnavailableError when a store or the user directory cannot answer.
   * @example
   * ```ts
   * import { type AuthenticationService, requesterOf } from 'nestjs-aerie';
   * import type { Request } from 'express';
   *
   * export async function afterPasskey(auth: AuthenticationService, userId: string, request: Request) {
   *   const result = await auth.signIn(userId, { mode: 'tokens', methods: ['hwk'], requester: requesterOf(request) });
   *   return result.mode === 'session' ? result.sessionToken : result.refreshToken;
   * }
   * ```
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
   * Checks an identifier and a password, then opens a sign-in. A wrong password and an unknown identifier get the same error
   * after the same time (OWASP ASVS 5.0, 6.3.8).
   *
   * @throws RequestInvalidError for an identifier or a password that is missing or too long.
   * @throws CredentialsInvalidError when they are wrong, or the subject may not sign in.
   * @throws PasswordsBusyError when too many passwords wait to be hashed.
   * @throws SignInLimitError when the subject has as many sign-ins as it may have.
   * @throws StoreUnavailableError when a store or the user directory cannot answer.
   * @example
   * ```ts
   * import type { AuthenticationService } from 'nestjs-aerie';
   *
   * export const signIn = (auth: AuthenticationService, email: string, password: string) =>
   *   auth.signInWithPassword(email, password, { mode: 'tokens', label: 'CLI' });
   * ```
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
   * Exchanges a refresh token for its successor and a new access token. A retry with the same token within the replay window
   * gets the same successor; with an `idempotencyKey` also later.
   *
   * @throws RefreshTokenInvalidError for a token that is malformed, unknown, expired, ended or reused (RFC 9700, 4.14.2). A
   * reuse ends the sign-in.
   * @throws RefreshBusyError when too many uses of this token wait.
   * @throws StoreUnavailableError when a store or the user directory cannot answer.
   * @example
   * ```ts
   * import type { AuthenticationService } from 'nestjs-aerie';
   *
   * export async function refreshed(auth: AuthenticationService, refreshToken: string) {
   *   const { accessToken, expiresIn, refreshToken: next } = await auth.refresh(refreshToken);
   *   return { accessToken, expiresInSeconds: expiresIn, refreshToken: next };
   * }
   * ```
   */
  async refresh(refreshToken: string, options: RefreshOptions = {}): Promise<TokensResult> {
    const { idempotencyKey, mode, requester } = refreshArguments(options);
    const result = await this.parts.exchange.refresh(refreshToken, idempotencyKey, arriving(requester));
    return { ...result, mode };
  }

  /**
   * Records that the subject authenticated once more (a second factor, the password again). The sign-in gets a new secret, so
   * a copy of the former one is worthless; `methods` and the time of authentication are those of now. Send the result to the
   * client as after a sign-in.
   *
   * @throws RefreshTokenInvalidError or SessionInvalidError when the credential has ended, or is another subject's.
   * @throws SessionExpiredError when the session is past a limit.
   * @throws TypeError for a wrong argument.
   * @throws StoreUnavailableError when a store or the user directory cannot answer.
   * @example
   * ```ts
   * import type { AuthenticationService, Principal } from 'nestjs-aerie';
   *
   * export const afterTotp = (auth: AuthenticationService, user: Principal, session: string) =>
   *   auth.stepUp(user.id, { session }, ['pwd', 'otp']);
   * ```
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

  /**
   * Ends one sign-in of a subject.
   *
   * @throws SignInNotFoundError when the subject has no live sign-in of this id.
   * @throws StoreUnavailableError when a store or the user directory cannot answer.
   * @example
   * ```ts
   * import type { AuthenticationService, Principal } from 'nestjs-aerie';
   *
   * export const endDevice = (auth: AuthenticationService, user: Principal, signInId: string) =>
   *   auth.endSignIn(user.id, signInId);
   * ```
   */
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
   * Makes the subject's access tokens stale after its roles, scopes or profile changed. Sign-ins stay. Call it after the
   * change is committed, or give the transaction that makes it; never before.
   *
   * @throws TypeError for a wrong subject, AuthConfigError for a transaction that is none.
   * @throws StoreUnavailableError when a store or the user directory cannot answer.
   * @example
   * ```ts
   * import type { AuthenticationService } from 'nestjs-aerie';
   * import { hostTransaction } from 'nestjs-aerie/typeorm';
   * import type { DataSource } from 'typeorm';
   *
   * export const promote = (auth: AuthenticationService, database: DataSource, id: string) =>
   *   database.transaction(async (manager) => {
   *     await manager.query('update users set role = $1 where id = $2', ['admin', id]);
   *     await auth.rolesChanged(id, { transaction: hostTransaction(manager) });
   *   });
   * ```
   */
  async rolesChanged(
    subject: SubjectId,
    options: { readonly transaction?: HostTransaction } = {},
  ): Promise<void> {
    const id = subjectArgument(subject);
    await this.parts.registry.subjectChanged(id, transactionArgument(options));
    this.parts.events.record({ type: 'subject_changed', subject: id, reason: 'roles_changed' });
  }

  /**
   * Ends every sign-in of a subject whose password (or other credential) changed; call it after the change is committed. A
   * sign-in that is not open yet fails. `keep`, a principal or a credential, goes on with a new secret: send the result to
   * its client as after a sign-in. Without its refresh token the sign-in of an access token is replaced by a new one, because
   * a thief may hold that token; `mode` (default `tokens`) says how its client holds the next one.
   *
   * @returns what the kept sign-in goes on with; null when nothing was kept.
   * @throws SessionInvalidError, AccessTokenRevokedError or RefreshTokenInvalidError when the sign-in to keep had ended:
   * everything has ended then.
   * @throws TypeError for a principal of another subject: nothing has ended.
   * @throws StoreUnavailableError when a store or the user directory cannot answer.
   * @example
   * ```ts
   * import type { AuthenticationService, Principal } from 'nestjs-aerie';
   *
   * export async function passwordChanged(auth: AuthenticationService, user: Principal) {
   *   // ... the new hash is stored
   *   return auth.credentialsChanged(user.id, { keep: user });
   * }
   * ```
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
