import type { AccessTokenVerifier } from '../access-tokens/access-token-verifier.js';
import type { CredentialJudge } from '../context/request-authenticator.js';
import { CredentialsMissingError } from '../errors/auth-error.js';
import type { Principal } from '../principal/principal.js';
import type { RevocationCheck } from '../revocation-check/revocation-check.js';

/**
 * Access tokens in, principal out, where no sign-in is ever opened: sessions are the issuer's alone. To stand in for
 * authentication in a test, replace this provider: `overrideProvider(ResourceAuthenticator)`.
 */
export class ResourceAuthenticator implements CredentialJudge {
  constructor(
    private readonly verifier: AccessTokenVerifier,
    private readonly standing: RevocationCheck,
  ) {}

  cachedAccessToken(token: string, maxStalenessMs: number | null = null): Principal | undefined {
    const verified = this.verifier.cached(token);
    return verified && this.standing.cachedAsGood(verified, maxStalenessMs) ? verified.principal : undefined;
  }

  /** Throws AccessTokenInvalid-, -Expired-, -Revoked- and -StaleError, and StoreUnavailableError. */
  async accessToken(token: string, maxStalenessMs: number | null = null): Promise<Principal> {
    const verified = await this.verifier.verify(token);
    if (!this.standing.cachedAsGood(verified, maxStalenessMs))
      await this.standing.check(verified, maxStalenessMs);
    return verified.principal;
  }

  cachedSession(): undefined {
    return undefined;
  }

  /** Throws CredentialsMissingError: no cookie is a credential here. */
  async session(): Promise<Principal> {
    throw new CredentialsMissingError();
  }
}
