import type { AccessToken } from '../access-tokens/access-token.js';
import type { Attempt, AttemptLimiter } from '../attempts/attempt-limiter.js';
import type { SecurityEventSink } from '../audit/security-event.js';
import { hashingFor } from '../users/hashing-requester.js';
import { loginFields } from '../users/login-fields.js';
import { CredentialsInvalidError, SessionInvalidError, StoreUnavailableError } from '../errors/auth-error.js';
import type { Principal } from '../principal/principal.js';
import type { Requester } from '../principal/requester.js';
import type { TokenAuthenticator } from '../revocation-check/token-authenticator.js';
import { noteSession } from '../sessions/session-of-principal.js';
import type { SessionRow } from '../sessions/session-store.js';
import type { SessionService } from '../sessions/session.service.js';
import type { SubjectEpochs, SubjectStore, SubjectVersions } from '../subjects/subject-store.js';
import type { Clock } from '../time/clock.js';
import type { UserCache } from '../users/user-cache.js';
import { type LoadedSubject, principalOf, type UserLoader } from '../users/user-loader.js';
import type { PasswordCheck, UserPasswords } from '../users/user-passwords.js';
import type { SignInRegistry } from '../stores/sign-in-registry.js';
import { type SessionResult, sessionResult } from './sign-in-result.js';

/** A subject whose row can never exist: its id is empty of everything a directory may return. */
const NOBODY = '\0nobody';

/** A password that was right, or another proof. */
export interface PasswordProof {
  /** Read before the proof was checked. */
  readonly epochs: SubjectEpochs & Partial<SubjectVersions>;
  /** The subject, read after it. */
  readonly loaded: LoadedSubject;
  /** By the monotonic clock. */
  readonly loadedAt: number;
}

/**
 * Checks a credential and gives its principal. Every guard, strategy and gateway asks it. To stand in for authentication in
 * a test, replace this provider: `overrideProvider(Authenticator)` reaches all of them.
 *
 * @throws AccessTokenInvalidError, AccessTokenExpiredError, AccessTokenRevokedError, AccessTokenStaleError for an access token.
 * @throws SessionInvalidError, SessionExpiredError for a session.
 * @throws CredentialsInvalidError, RequestInvalidError, RateLimitedError, PasswordsBusyError for a password.
 * @throws StoreUnavailableError when a store or the user directory cannot answer.
 * @example
 * ```ts
 * import { Test } from '@nestjs/testing';
 * import { Authenticator } from 'nestjs-aerie';
 * import { authenticatorOf } from 'nestjs-aerie/testing';
 *
 * declare const AppModule: new () => object; // yours
 *
 * export const testing = Test.createTestingModule({ imports: [AppModule] })
 *   .overrideProvider(Authenticator)
 *   .useValue(authenticatorOf({ id: 'ada', roles: ['admin'] }));
 * ```
 */
export class Authenticator {
  /** What `signIn` opens with, for principals that this process made. */
  private readonly proofs = new WeakMap<object, PasswordProof>();
  /** The principals of cached sessions, and the subjects that they were made of. */
  private readonly principals = new WeakMap<SessionRow, { loaded: LoadedSubject; principal: Principal }>();
  /** The hash of the secret that a principal's session was known by. */
  private readonly secrets = new WeakMap<object, string>();

  /** @internal */
  constructor(
    private readonly loader: UserLoader,
    private readonly users: UserCache,
    private readonly passwords: UserPasswords,
    private readonly subjects: SubjectStore,
    private readonly accessTokens: TokenAuthenticator<AccessToken>,
    private readonly sessions: SessionService,
    private readonly registry: SignInRegistry,
    private readonly events: SecurityEventSink,
    private readonly attempts: AttemptLimiter,
    private readonly clock: Pick<Clock, 'now'>,
  ) {}

  /**
   * The principal of an access token that needs no waiting: it verified before, and the check in memory finds
   * it good. `undefined`: ask `accessToken`. Throws AccessTokenExpired-, -Revoked- and -StaleError.
   */
  cachedAccessToken(token: string, maxStalenessMs: number | null = null): Principal | undefined {
    return this.accessTokens.cached(token, maxStalenessMs);
  }

  /**
   * Throws AccessTokenInvalid-, -Expired-, -Revoked- and -StaleError, and StoreUnavailableError. `maxStalenessMs`: how
   * old the knowledge may be that its sign-in lives; null: as the options say.
   */
  async accessToken(token: string, maxStalenessMs: number | null = null): Promise<Principal> {
    return this.accessTokens.authenticate(token, maxStalenessMs);
  }

  /**
   * The principal of a session cookie's value that needs no waiting: session and subject are known. `undefined`: ask
   * `session`.
   */
  cachedSession(value: unknown, maxStalenessMs: number | null = null): Principal | undefined {
    const row = this.sessions.cached(value, maxStalenessMs);
    if (!row) return undefined;
    const loaded = this.users.cached(row.subject);
    return loaded && this.principalFor(row, loaded);
  }

  /**
   * The principal of a session cookie's value. `maxStalenessMs`: as for access tokens. Throws SessionInvalid-,
   * SessionExpired- and StoreUnavailableError.
   */
  async session(value: unknown, maxStalenessMs: number | null = null): Promise<Principal> {
    return this.principalOfSession(await this.sessions.resolve(value, maxStalenessMs), maxStalenessMs);
  }

  /** A session that goes on under a new secret, as sign-ins are handed out. Throws as `session` does. */
  async resumedSession(sessionToken: string): Promise<SessionResult> {
    const row = await this.sessions.resolve(sessionToken, 0);
    return sessionResult(await this.principalOfSession(row, 0), row, sessionToken);
  }

  /**
   * The principal of a session that has a new secret by now, with the subject as it is now. While the directory is away, as it
   * was: the secret must reach its client. Throws SessionInvalidError for a subject that is gone.
   */
  async reloaded(principal: Principal, row: SessionRow): Promise<Principal> {
    try {
      return await this.principalOfSession(row, 0);
    } catch (error) {
      if (error instanceof StoreUnavailableError) return principal;
      throw error;
    }
  }

  /**
   * Checks an identifier and a password: an unknown identifier and a wrong password are alike in answer and in time
   * (OWASP ASVS 5.0, 6.3.8). The principal has no sign-in yet: `AuthenticationService.signIn` opens one, under the
   * epoch that was read before the password. Throws RequestInvalidError for a text that is missing or too long,
   * CredentialsInvalidError, RateLimitedError, PasswordsBusyError, StoreUnavailableError.
   */
  async password(name: unknown, secret: unknown, requester: Requester): Promise<Principal> {
    const { identifier, password } = loginFields(name, secret);
    // Before any query: what will be refused anyway must not cost one.
    await this.passwords.refuseIfBusy(requester);
    this.attempts.refuseIfUsedUp('sign-in', { identifier, requester });
    const subject = await this.loader.find(identifier);
    // Without a subject a row is read as well: the time must not tell.
    const epochs = subject === null ? null : await this.subjects.epochs(subject);
    if (!epochs) await this.subjects.find(NOBODY);
    const attempt = await this.attempts.take('sign-in', {
      identifier,
      subject,
      requester,
      ...(epochs && { credentialVersion: epochs.credentialVersion }),
    });
    const given = { identifier, subject, password };
    const { right, upgrade, loaded } = await this.checked(given, attempt, requester);
    if (!epochs || !right) throw this.refused('credentials', requester);
    if (!loaded) throw this.refused('disabled', requester);
    const loadedAt = performance.now();
    await attempt.succeeded();
    if (upgrade) await this.passwords.upgrade(epochs.subject, upgrade);
    return this.proven({ epochs, loaded, loadedAt }, ['pwd']);
  }

  /**
   * The principal of a subject that something else than a password authenticated, such as a link in a mail. It has no sign-in
   * yet: `AuthenticationService.signIn` opens one, and refuses to if the subject has changed since `epochs` were read. Read them
   * before the proof is checked. Throws CredentialsInvalidError for a subject that may not sign in, StoreUnavailableError.
   */
  async authenticated(
    epochs: SubjectEpochs,
    methods: readonly string[],
    requester: Requester,
  ): Promise<Principal> {
    const loaded = await this.loader.load(epochs.subject);
    if (!loaded) throw this.refused('disabled', requester);
    return this.proven({ epochs, loaded, loadedAt: performance.now() }, methods);
  }

  private proven(proof: PasswordProof, methods: readonly string[]): Principal {
    const authenticatedAt = this.clock.now();
    const signIn = { id: '', kind: 'session', authenticatedAt, methods, scopes: null } as const;
    const principal = principalOf(proof.loaded, signIn);
    this.proofs.set(principal, proof);
    return principal;
  }

  /** The proof of a principal that was authenticated here and has no sign-in yet. */
  proofOf(principal: object): PasswordProof | undefined {
    return this.proofs.get(principal);
  }

  /** By which secret's hash a principal's session was known here; `undefined` for a principal that is not of here. */
  secretHashOf(principal: object): string | undefined {
    return this.secrets.get(principal);
  }

  private async principalOfSession(row: SessionRow, maxStalenessMs: number | null): Promise<Principal> {
    const { subject } = row;
    const loaded = maxStalenessMs === 0 ? await this.users.loadNow(subject) : await this.users.load(subject);
    if (!loaded) {
      await this.registry.endAll(subject, 'subject_gone');
      throw new SessionInvalidError();
    }
    return this.principalFor(row, loaded);
  }

  private principalFor(row: SessionRow, loaded: LoadedSubject): Principal {
    const made = this.principals.get(row);
    if (made?.loaded === loaded) return made.principal;
    const { id, authenticatedAt, methods, scopes } = row;
    const principal = principalOf(loaded, { id, kind: 'session', authenticatedAt, methods, scopes });
    this.principals.set(row, { loaded, principal });
    this.secrets.set(principal, row.secretHash);
    noteSession(principal, { ...row, subjectEpoch: loaded.epoch ?? 0 });
    return principal;
  }

  /** The check, and the subject if it was right. What could not be finished, for want of a place or of a store, is no try. */
  private async checked(
    { identifier, subject, password }: { identifier: string; subject: string | null; password: string },
    attempt: Attempt,
    requester: Requester,
  ): Promise<PasswordCheck & { readonly loaded: LoadedSubject | null }> {
    try {
      const { isKnownDevice } = attempt;
      const check = await hashingFor({ ...requester, isKnownDevice }, async (): Promise<PasswordCheck> => {
        if (subject !== null) return this.passwords.check(subject, password);
        await this.passwords.refuseNobody(identifier, password);
        return { right: false, upgrade: null };
      });
      const loaded = subject !== null && check.right ? await this.loader.load(subject) : null;
      return { ...check, loaded };
    } catch (error) {
      await attempt.cancelled();
      throw error;
    }
  }

  private refused(reason: 'credentials' | 'disabled', { ip, userAgent }: Requester): CredentialsInvalidError {
    this.events.record({ type: 'sign_in_refused', reason, ip, userAgent });
    return new CredentialsInvalidError();
  }
}
