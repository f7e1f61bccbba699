import type { SecurityEventSink } from '../audit/security-event.js';
import {
  AccessTokenRevokedError,
  RefreshTokenInvalidError,
  SessionExpiredError,
  SessionInvalidError,
} from '../errors/auth-error.js';
import { type Principal, PRINCIPAL_NAMES } from '../principal/principal.js';
import type { Requester } from '../principal/requester.js';
import type { RekeyOutcome } from '../refresh-tokens/refresh-token-family-store.js';
import type { RefreshTokenService } from '../refresh-tokens/refresh-token.service.js';
import type { SessionService } from '../sessions/session.service.js';
import type { Authenticator } from './authenticator.js';
import type { CredentialChange, KeptSignIn, SignInRegistry } from '../stores/sign-in-registry.js';
import type { LoadedSubject } from '../users/user-loader.js';
import { sessionResult, type SignInResult } from './sign-in-result.js';
import { principalOfFamily, type TokenRefresh } from './token-refresh.js';

/**
 * The credential of a sign-in that is to live on with a new secret: a session cookie's value, or a refresh token and the
 * mode it is held in (default `tokens`), which the result has too.
 */
export type KeptCredential =
  { readonly session: string } | { readonly refreshToken: string; readonly mode?: 'tokens' | 'hybrid' };

/**
 * What is to outlive a change of credentials. A principal, as guards leave it, is enough: its session gets a new secret. Of
 * the family of an access token no refresh token was shown, so a thief may hold one: that family ends, and a new one takes
 * its place, held as `mode` says.
 */
export type KeptOwner = KeptCredential | Principal;

/** A change of credentials: one transaction moves the epoch, exchanges the kept secret and ends the rest. */
export class CredentialChanges {
  constructor(
    private readonly sessions: SessionService,
    private readonly families: RefreshTokenService,
    private readonly registry: SignInRegistry,
    private readonly authenticator: Authenticator,
    private readonly tokenRefresh: TokenRefresh,
    private readonly events: SecurityEventSink,
  ) {}

  async changed(
    subject: string,
    keep: KeptOwner | null,
    mode: 'tokens' | 'hybrid',
    requester: Requester,
  ): Promise<SignInResult | null> {
    if (keep && 'signInId' in keep && keep.id !== subject)
      throw new TypeError('"keep" must be a principal of the subject whose credentials changed');
    if (keep === null) {
      await this.change(subject, null);
      return null;
    }
    let keeping: Keeping | undefined;
    let refusal: unknown;
    try {
      if ('signInId' in keep) keeping = await this.owner(keep, mode, requester);
      else if ('session' in keep) keeping = await this.session(subject, keep.session);
      else keeping = await this.family(subject, keep, requester);
    } catch (error) {
      // A credential that cannot be kept keeps nothing from ending.
      if (!(
        error instanceof SessionInvalidError ||
        error instanceof SessionExpiredError ||
        error instanceof RefreshTokenInvalidError
      ))
        throw error;
      refusal = error;
    }
    const kept = await this.change(subject, keeping?.signIn ?? null);
    if (!keeping) throw refusal;
    return keeping.result(kept);
  }

  private async change(subject: string, keep: KeptSignIn | null): Promise<CredentialChange['kept']> {
    const { ended, kept } = await this.registry.credentialsChanged(subject, 'credentials_changed', keep);
    this.events.record({ type: 'subject_changed', subject, reason: 'credentials_changed' });
    this.events.record({ type: 'subject_ended', subject, reason: 'credentials_changed', ended });
    return kept;
  }

  private async session(subject: string, value: string): Promise<Keeping> {
    const principal = await this.authenticator.session(value);
    if (principal.id !== subject) throw new SessionInvalidError();
    return this.keptSession(principal);
  }

  private async owner(
    principal: Principal,
    mode: 'tokens' | 'hybrid',
    requester: Requester,
  ): Promise<Keeping> {
    const { id: subject, signInId, kind } = principal;
    if (kind === 'session') return this.keptSession(principal);
    const { replacement, held } = this.families.replacement(signInId, subject, requester);
    const { familyId, token } = held;
    const next = Object.freeze({ ...principal, signInId: familyId });
    // Of the guard's principal: the user directory is not asked before everything else has ended.
    const idleLeftMs = replacement.idleMs;
    const otherwise = await this.tokenRefresh.expired(loadedAs(principal), next, { token, idleLeftMs });
    return {
      signIn: { kind: 'replaced', replacement },
      result: async (kept) => {
        if (kept !== true) throw new AccessTokenRevokedError();
        const result = await this.tokenRefresh.reissue(held, otherwise, requester);
        const { ip, userAgent } = requester;
        const signIn = { subject, signInId: result.principal.signInId };
        this.events.record({ type: 'signed_in', mode: 'tokens', ...signIn, ip, userAgent });
        return { ...result, mode };
      },
    };
  }

  /** By the secret that the guard saw: a cookie that was superseded since then keeps nothing. */
  private async keptSession(principal: Principal): Promise<Keeping> {
    const secretHash = this.authenticator.secretHashOf(principal);
    const found = await this.sessions.renewalOf(principal.signInId, principal.id, secretHash);
    if (!found) throw new SessionInvalidError();
    const { renewal, next, row } = found;
    return {
      signIn: { kind: 'session', renewal },
      result: async (kept) => {
        if (kept !== true) throw new SessionInvalidError();
        const renewed = { ...row, secretHash: next.secretHash };
        return sessionResult(await this.authenticator.reloaded(principal, renewed), row, next.token);
      },
    };
  }

  private async family(
    subject: string,
    { refreshToken, mode = 'tokens' }: Extract<KeptCredential, { refreshToken: string }>,
    requester: Requester,
  ): Promise<Keeping> {
    const token = this.families.parse(refreshToken, requester);
    const { reading, loaded } = await this.tokenRefresh.present(token, requester);
    const { row } = reading;
    if (row.subject !== subject) throw new RefreshTokenInvalidError('unknown');
    const { attempt, held } = this.families.rekeyAttempt(token, row, null, requester);
    const left = { token: held.token, idleLeftMs: this.families.idleLeftMs(reading) };
    const otherwise = await this.tokenRefresh.expired(loaded, principalOfFamily(loaded, row), left);
    return {
      signIn: { kind: 'tokens', rekey: attempt },
      result: async (kept) => {
        this.families.rekeyed(kept as RekeyOutcome, held, row, requester);
        return { ...(await this.tokenRefresh.reissue(held, otherwise, requester)), mode };
      },
    };
  }
}

/** The subject of a principal, as it was when the guard made it. */
function loadedAs(principal: Principal): LoadedSubject {
  const { id, roles, scopes } = principal;
  const profile = Object.entries(principal).filter(([name]) => !PRINCIPAL_NAMES.has(name));
  return { id, roles, scopes, profile: Object.fromEntries(profile) };
}

/** A sign-in that can be kept, and what to hand out once it was. */
interface Keeping {
  readonly signIn: KeptSignIn;
  readonly result: (kept: CredentialChange['kept']) => Promise<SignInResult>;
}
