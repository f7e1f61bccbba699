import type { AccessTokenVerifier } from '../access-tokens/access-token-verifier.js';
import type { SecurityEventSink } from '../audit/security-event.js';
import { AccessTokenInvalidError, AuthError, StoreUnavailableError } from '../errors/auth-error.js';
import { isTokenId, TOO_MANY_REVOKED } from '../refresh-tokens/token-revocation.js';
import type { RefreshTokenFamilyStore } from '../refresh-tokens/refresh-token-family-store.js';
import type { RefreshTokenCodec } from '../refresh-tokens/refresh-token-codec.js';
import type { SessionService } from '../sessions/session.service.js';
import type { SessionStore } from '../sessions/session-store.js';
import type { SignInRegistry } from '../stores/sign-in-registry.js';
import type { Clock } from '../time/clock.js';

/** What any verifier may grant a token past its expiry, for the difference of clocks. */
const MOST_TOLERANCE_MS = 60_000;

/** Values that a client presents as credentials. */
export interface PresentedCredentials {
  readonly accessTokens?: readonly string[];
  readonly sessions?: readonly string[];
  readonly refreshTokens?: readonly string[];
}

/** The sign-in that a credential proved. */
export interface ProvenSignIn {
  readonly subject: string;
  readonly id: string;
}

/** What an application knows of an access token that it wants to end, without its text. */
export interface AccessTokenReference {
  /** The claim of this name: the token's own id. */
  readonly jti: string;
  readonly subject: string;
  /** The claim `sid`. */
  readonly signInId: string;
  /** The claim `exp`. A token that has expired needs no end. */
  readonly expiresAt: Date;
}

/** Asks whether a credential proves a sign-in. Throws StoreUnavailableError. */
export type Candidate = () => Promise<ProvenSignIn | null>;

/**
 * Ends sign-ins, of a subject or by a credential, and reports it. All throw StoreUnavailableError, and claim nothing they did
 * not do.
 */
export class SignOut {
  constructor(
    private readonly stores: {
      readonly sessions: SessionStore;
      readonly families: RefreshTokenFamilyStore;
      readonly registry: SignInRegistry;
    },
    private readonly verifier: AccessTokenVerifier,
    private readonly sessions: SessionService,
    private readonly codec: RefreshTokenCodec,
    private readonly events: SecurityEventSink,
    private readonly clock: Pick<Clock, 'now'>,
  ) {}

  /** Ends one sign-in of a subject. Whether it had it. */
  async endOne(subject: string, signInId: string, reason: string): Promise<boolean> {
    const { sessions, families } = this.stores;
    const ended =
      (await sessions.revoke(signInId, reason, subject)) ||
      (await families.revoke(signInId, reason, subject));
    if (ended) this.events.record({ type: 'sign_in_ended', subject, signInId, reason });
    return ended;
  }

  /** Ends everything of a subject but `except`; how many sign-ins that were. */
  async endAll(subject: string, reason: string, except?: string): Promise<number> {
    const ended = await this.stores.registry.endAll(subject, reason, except);
    // A user who stays signed in may repeat it without end, so a call that ended nothing is no event.
    if (ended > 0 || except === undefined)
      this.events.record({ type: 'subject_ended', subject, reason, ended });
    return ended;
  }

  /**
   * The values that may be genuine, each once. Sessions and refresh tokens without our tag are left out: that needs no
   * query. Any authentic token of a family proves it, old ones included.
   */
  candidates({
    accessTokens = [],
    sessions = [],
    refreshTokens = [],
  }: PresentedCredentials): readonly Candidate[] {
    const found = new Map<string, Candidate>();
    for (const token of accessTokens) found.set(token, () => provenOrNull(() => this.ofAccessToken(token)));
    for (const value of sessions) {
      if (this.sessions.isTagged(value)) found.set(value, () => provenOrNull(() => this.ofSession(value)));
    }
    for (const value of refreshTokens) {
      const familyId = this.codec.parse(value)?.familyId;
      if (familyId !== undefined) found.set(familyId, () => this.ofFamily(familyId));
    }
    return [...found.values()];
  }

  /** Throws StoreUnavailableError. */
  async endProven({ subject, id }: ProvenSignIn, reason: string): Promise<void> {
    await this.endOne(subject, id, reason);
  }

  /** Also ends the sign-in of a token whose time has passed. Throws AccessTokenInvalidError, StoreUnavailableError. */
  async endByAccessToken(token: string, reason: string): Promise<void> {
    await this.endProven(await this.ofAccessToken(token), reason);
  }

  /** Does nothing for a token that is not genuine. Throws StoreUnavailableError. */
  async endByRefreshToken(value: string, reason: string): Promise<void> {
    const token = this.codec.parse(value);
    const proven = token && (await this.ofFamily(token.familyId));
    if (proven) await this.endProven(proven, reason);
  }

  /** What a genuine token's text says of it. Throws AccessTokenInvalidError, StoreUnavailableError. */
  async referenceOf(token: string): Promise<AccessTokenReference> {
    const { id: jti, principal, expiresAt } = await this.verifier.authentic(token);
    if (!isTokenId(jti)) throw new AccessTokenInvalidError();
    return { jti, subject: principal.id, signInId: principal.signInId, expiresAt: new Date(expiresAt) };
  }

  /** Ends one access token of a sign-in that lives on. False: it has expired, or its sign-in had ended before. */
  async endToken({ jti: tokenId, subject, signInId, expiresAt }: AccessTokenReference): Promise<boolean> {
    if (expiresAt.getTime() + MOST_TOLERANCE_MS < this.clock.now()) return false;
    const token = { familyId: signInId, subject, tokenId };
    const outcome = await this.stores.families.revokeToken(token);
    if (outcome === 'not_live') return false;
    if (outcome === 'revoked_before') return true;
    this.events.record({ type: 'access_token_revoked', subject, signInId, tokenId });
    if (outcome === 'family_ended')
      this.events.record({ type: 'sign_in_ended', subject, signInId, reason: TOO_MANY_REVOKED });
    return true;
  }

  private async ofAccessToken(token: string): Promise<ProvenSignIn> {
    const { principal } = await this.verifier.authentic(token);
    return { subject: principal.id, id: principal.signInId };
  }

  private async ofSession(value: string): Promise<ProvenSignIn> {
    const { id, subject } = await this.sessions.resolve(value);
    return { subject, id };
  }

  private async ofFamily(familyId: string): Promise<ProvenSignIn | null> {
    const reading = await this.stores.families.read(familyId);
    return reading && { subject: reading.row.subject, id: reading.row.id };
  }
}

async function provenOrNull(prove: () => Promise<ProvenSignIn>): Promise<ProvenSignIn | null> {
  try {
    return await prove();
  } catch (error) {
    if (error instanceof StoreUnavailableError || !(error instanceof AuthError)) throw error;
    return null;
  }
}
