import type { AccessTokenIssuer } from '../access-tokens/access-token-issuer.js';
import type { SecurityEventSink } from '../audit/security-event.js';
import { AccessTokenTooLargeError } from '../errors/access-token-size-error.js';
import { SignInLimitError, StoreUnavailableError } from '../errors/auth-error.js';
import type { SignInMode } from '../options/auth-options.js';
import type { Principal } from '../principal/principal.js';
import type { Requester } from '../principal/requester.js';
import type {
  FamilyOpening,
  HeldRefreshToken,
  RefreshTokenService,
} from '../refresh-tokens/refresh-token.service.js';
import { noteSession } from '../sessions/session-of-principal.js';
import type { SessionOpening, SessionService } from '../sessions/session.service.js';
import { type LoadedSubject, principalOf } from '../users/user-loader.js';
import type { SessionResult, SignInResult, TokensResult } from './sign-in-result.js';

const NIL_UUID = '00000000-0000-0000-0000-000000000000';
/** In seconds it has as many digits as any time until 2286. */
const A_TIME_MS = 1e12;

/** What an access token is issued under: epochs that were read before the subject was loaded, and its generation. */
export interface IssuedUnder {
  readonly subjectEpoch: number;
  readonly globalEpoch: number;
  /** That of the refresh token it is handed out with. */
  readonly generation: number;
}

/** Opens sessions and families for a subject that was authenticated and loaded. */
export class SignInOpener {
  constructor(
    private readonly sessions: SessionService,
    private readonly families: RefreshTokenService,
    private readonly issuer: AccessTokenIssuer,
    private readonly events: SecurityEventSink,
  ) {}

  /** `undefined` when the subject changed since its epochs were read. Throws SignInLimitError, StoreUnavailableError. */
  async open(
    mode: SignInMode,
    loaded: LoadedSubject,
    opening: SessionOpening & FamilyOpening,
    requester: Requester,
  ): Promise<SignInResult | undefined> {
    const result =
      mode === 'session'
        ? await this.openSession(loaded, opening, requester)
        : await this.openFamily(mode, loaded, opening, requester);
    if (result) {
      const { ip, userAgent } = requester;
      const signIn = { subject: loaded.id, signInId: result.principal.signInId };
      this.events.record({ type: 'signed_in', mode: result.principal.kind, ...signIn, ip, userAgent });
    }
    return result;
  }

  /**
   * The access token of a sign-in, as results carry it. Throws StoreUnavailableError when it cannot be signed, and
   * AccessTokenTooLargeError for one of a browser (`hybrid`) that no cookie holds.
   */
  async accessToken(
    { profile }: LoadedSubject,
    principal: Principal,
    under: IssuedUnder,
    signInLeftMs: number,
    mode: SignInMode = 'tokens',
  ): Promise<{ accessToken: string; expiresIn: number }> {
    try {
      const request = { principal, profile, ...under, signInLeftMs, isForBrowser: mode === 'hybrid' };
      const { token, expiresIn } = await this.issuer.issue(request);
      return { accessToken: token, expiresIn };
    } catch (cause) {
      if (cause instanceof AccessTokenTooLargeError) throw cause;
      throw new StoreUnavailableError({ cause });
    }
  }

  /** Reports what the subject's limit did. */
  private async opened<Opened extends { readonly ended: readonly string[] }>(
    opening: Promise<Opened | undefined>,
    { epochs: { subject } }: SessionOpening,
    { ip, userAgent }: Requester,
  ): Promise<Opened | undefined> {
    try {
      const opened = await opening;
      for (const signInId of opened?.ended ?? []) {
        this.events.record({ type: 'sign_in_ended', subject, signInId, reason: 'displaced' });
      }
      return opened;
    } catch (error) {
      if (error instanceof SignInLimitError)
        this.events.record({ type: 'sign_in_refused', reason: 'limit', subject, ip, userAgent });
      throw error;
    }
  }

  private async openSession(
    loaded: LoadedSubject,
    opening: SessionOpening,
    requester: Requester,
  ): Promise<SessionResult | undefined> {
    const opened = await this.opened(this.sessions.open(opening, requester), opening, requester);
    if (!opened) return undefined;
    const { methods, scopes } = opening;
    const { id, token, secretHash, now, expiresAt, idleExpiresAt } = opened;
    const authenticatedAt = opening.given?.authenticatedAt ?? now;
    const principal = principalOf(loaded, { id, kind: 'session', authenticatedAt, methods, scopes });
    const { subject, epoch: subjectEpoch, globalEpoch } = opening.epochs;
    noteSession(principal, { id, subject, secretHash, globalEpoch, idleExpiresAt, expiresAt, subjectEpoch });
    const limits = { expiresAt: new Date(expiresAt), idleExpiresAt: new Date(idleExpiresAt) };
    return { mode: 'session', principal, sessionToken: token, ...limits };
  }

  private async openFamily(
    mode: 'tokens' | 'hybrid',
    loaded: LoadedSubject,
    opening: FamilyOpening,
    requester: Requester,
  ): Promise<TokensResult | undefined> {
    const { methods, scopes, epochs } = opening;
    const under = { subjectEpoch: epochs.epoch, globalEpoch: epochs.globalEpoch, generation: 0 };
    // Before the family is open: a refused sign-in leaves none. Every id is as long as this one.
    if (mode === 'hybrid' && this.issuer.hasLimit) {
      const stand = { id: NIL_UUID, kind: 'tokens', authenticatedAt: A_TIME_MS, methods, scopes } as const;
      await this.accessToken(loaded, principalOf(loaded, stand), under, 0, mode);
    }
    const opened = await this.opened(this.families.open(opening, requester), opening, requester);
    if (!opened) return undefined;
    const { id, now, idleLeftMs } = opened;
    const authenticatedAt = opening.given?.authenticatedAt ?? now;
    const principal = principalOf(loaded, { id, kind: 'tokens', authenticatedAt, methods, scopes });
    const access = await this.accessToken(loaded, principal, under, idleLeftMs);
    return { mode, principal, ...access, ...refreshPart(opened) };
  }
}

/** The refresh token of a sign-in, as results carry it. */
export function refreshPart(held: HeldRefreshToken): { refreshToken: string; refreshExpiresIn: number } {
  return { refreshToken: held.token, refreshExpiresIn: Math.max(0, Math.floor(held.idleLeftMs / 1000)) };
}
