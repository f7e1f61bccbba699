import type { KnownDevices } from '../attempts/known-devices.js';
import type { SecurityEventSink } from '../audit/security-event.js';
import type { HostTransaction } from '../sql/database/sql-database.js';
import { SignInNotFoundError } from '../errors/auth-error.js';
import { RevocationOffError } from '../errors/revocation-off-error.js';
import type { Principal } from '../principal/principal.js';
import type { SubjectId } from '../principal/user-directory.js';
import { arriving } from '../principal/requester.js';
import { isUuid } from '../crypto/uuid.js';
import type { SubjectStore } from '../subjects/subject-store.js';
import type { Authenticator } from './authenticator.js';
import type { CredentialChanges } from './credential-changes.js';
import type { FormerTokens } from './former-tokens.js';
import type { UserLoader } from '../users/user-loader.js';
import type { RevocationOptions } from '../revocation/revocation-options.js';
import type { AccessTokenReference, SignOut } from './sign-out.js';
import type { SignInOpener } from './sign-in-opener.js';
import type { SignInRecord } from '../stores/sign-in-record.js';
import type { SignInRegistry } from '../stores/sign-in-registry.js';
import { type SignInScopes } from './sign-in-scopes.js';
import type { SignInResult } from './sign-in-result.js';
import type { Sweeper, Swept } from '../lifecycle/expired-rows-sweeper.js';
import type { StepUp } from './step-up.js';
import type { TokenRefresh } from './token-refresh.js';
import {
  changeArguments,
  type CredentialChangeOptions,
  principalArgument,
  reasonArgument,
  signInIdArgument,
  subjectArgument,
  tokenReferenceArgument,
  transactionArgument,
} from './sign-in-arguments.js';

/** What AuthenticationService is made of. */
export interface SignInParts {
  readonly authenticator: Authenticator;
  readonly loader: UserLoader;
  readonly subjects: SubjectStore;
  readonly stepUp: StepUp;
  readonly scopes: SignInScopes;
  readonly opener: SignInOpener;
  readonly devices: KnownDevices;
  readonly tokenRefresh: TokenRefresh;
  readonly signOut: SignOut;
  readonly changes: CredentialChanges;
  /** Null: no tokens but ours are exchanged. */
  readonly formerTokens: FormerTokens | null;
  readonly registry: SignInRegistry;
  readonly sweeper: Sweeper;
  readonly events: SecurityEventSink;
  readonly revocationMode: NonNullable<RevocationOptions['mode']>;
}

/** What an application does with sign-ins that are open: it lists, ends and changes them. A part of AuthenticationService. */
export abstract class SignInManagement {
  /** @internal */
  protected readonly parts: SignInParts;

  /** @internal */
  constructor(parts: SignInParts) {
    this.parts = parts;
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

  /**
   * Ends one access token, by its text or by what the application kept of it. Its sign-in lives on, and so do its other access
   * tokens: the client refreshes. Repeating it does nothing. A sign-in that has 20 revoked tokens ends with the next one.
   *
   * @returns false when there was nothing to end: the token has expired, or its sign-in has ended.
   * @throws AccessTokenInvalidError for a text that is no access token of this application (RFC 9068).
   * @throws RevocationOffError with `revocation.mode: 'none'`, in which nothing asks for revocations.
   * @throws TypeError for a reference that lacks a member.
   * @throws StoreUnavailableError when a store cannot answer: then nothing is claimed.
   * @example
   * ```ts
   * import type { AuthenticationService } from 'nestjs-aerie';
   *
   * export const foundInALog = (auth: AuthenticationService, token: string) => auth.revokeAccessToken(token);
   * export const byItsClaims = (auth: AuthenticationService, jti: string, subject: string, sid: string, exp: number) =>
   *   auth.revokeAccessToken({ jti, subject, signInId: sid, expiresAt: new Date(exp * 1000) });
   * ```
   */
  async revokeAccessToken(token: string | AccessTokenReference): Promise<boolean> {
    const { signOut, revocationMode } = this.parts;
    const reference = typeof token === 'string' ? null : tokenReferenceArgument(token);
    if (revocationMode === 'none') throw new RevocationOffError();
    return signOut.endToken(reference ?? (await signOut.referenceOf(token as string)));
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
   * @returns what the kept sign-in goes on with; null when nothing was kept. Where a store or the directory fails after the
   * change, an access token with `expiresIn: 0`: its client refreshes.
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
}
