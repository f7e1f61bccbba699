import type { AccessTokenVerifier } from '../access-tokens/access-token-verifier.js';
import { AuthError, StoreUnavailableError } from '../errors/auth-error.js';
import type { RefreshTokenFamilyStore } from '../refresh-tokens/refresh-token-family-store.js';
import type { RefreshTokenCodec } from '../refresh-tokens/refresh-token-codec.js';
import type { SessionService } from '../sessions/session.service.js';
import type { SignInEnding } from './sign-in-ending.js';

/** Values that a client presents as credentials. */
export interface PresentedCredentials {
  readonly accessToken?: string;
  readonly sessions?: readonly string[];
  readonly refreshTokens?: readonly string[];
}

/** The sign-in that a credential proved. */
export interface ProvenSignIn {
  readonly subject: string;
  readonly id: string;
}

/** Asks whether a credential proves a sign-in. Throws StoreUnavailableError. */
export type Candidate = () => Promise<ProvenSignIn | null>;

/** Ends the sign-in that a credential belongs to. */
export class CredentialEnding {
  constructor(
    private readonly verifier: AccessTokenVerifier,
    private readonly sessions: SessionService,
    private readonly codec: RefreshTokenCodec,
    private readonly families: RefreshTokenFamilyStore,
    private readonly endings: SignInEnding,
  ) {}

  /**
   * The values that may be genuine, each once. Sessions and refresh tokens without our tag are left out: that needs no
   * query. Any authentic token of a family proves it, old ones included.
   */
  candidates({ accessToken, sessions = [], refreshTokens = [] }: PresentedCredentials): readonly Candidate[] {
    const found = new Map<string, Candidate>();
    if (accessToken !== undefined)
      found.set(accessToken, () => provenOrNull(() => this.ofAccessToken(accessToken)));
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
  async end({ subject, id }: ProvenSignIn, reason: string): Promise<void> {
    await this.endings.endOne(subject, id, reason);
  }

  /** Also ends the sign-in of a token whose time has passed. Throws AccessTokenInvalidError, StoreUnavailableError. */
  async accessToken(token: string, reason: string): Promise<void> {
    await this.end(await this.ofAccessToken(token), reason);
  }

  /** Does nothing for a token that is not genuine. Throws StoreUnavailableError. */
  async refreshToken(value: string, reason: string): Promise<void> {
    const token = this.codec.parse(value);
    const proven = token && (await this.ofFamily(token.familyId));
    if (proven) await this.end(proven, reason);
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
    const reading = await this.families.read(familyId);
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
