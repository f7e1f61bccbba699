import type { AccessTokenVerifier } from '../access-tokens/access-token-verifier.js';
import type { RefreshTokenFamilyStore } from '../refresh-tokens/refresh-token-family-store.js';
import type { RefreshTokenCodec } from '../refresh-tokens/refresh-token.js';
import type { SessionService } from '../sessions/session.service.js';
import type { SignInEnding } from './sign-in-ending.js';

/** Ends the sign-in of whoever holds a credential. Credentials that are no good throw, or end nothing. */
export class CredentialEnding {
  constructor(
    private readonly verifier: AccessTokenVerifier,
    private readonly sessions: SessionService,
    private readonly codec: RefreshTokenCodec,
    private readonly families: RefreshTokenFamilyStore,
    private readonly endings: SignInEnding,
  ) {}

  /** Also one whose time has passed: its client was away for long, and wants to leave. */
  async accessToken(token: string, reason: string): Promise<void> {
    const { principal } = await this.verifier.authentic(token);
    await this.endings.endOne(principal.id, principal.signInId, reason);
  }

  async session(value: string, reason: string): Promise<void> {
    const { id, subject } = await this.sessions.resolve(value);
    await this.endings.endOne(subject, id, reason);
  }

  /** Any authentic token of the family will do, old ones included. */
  async refreshToken(value: string, reason: string): Promise<void> {
    const token = this.codec.parse(value);
    const reading = token && (await this.families.read(token.familyId));
    if (reading) await this.endings.endOne(reading.row.subject, reading.row.id, reason);
  }
}
