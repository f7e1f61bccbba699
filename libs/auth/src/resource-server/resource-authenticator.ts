import type { AccessToken } from '../access-tokens/access-token.js';
import type { CredentialAuthenticator } from '../context/request-authenticator.js';
import { CredentialsMissingError } from '../errors/auth-error.js';
import type { Principal } from '../principal/principal.js';
import type { TokenAuthenticator } from '../revocation-check/token-authenticator.js';

/**
 * Access tokens in, principal out, where no sign-in is ever opened: sessions are the issuer's alone. To stand in for
 * authentication in a test, replace this provider: `overrideProvider(ResourceAuthenticator)`.
 */
export class ResourceAuthenticator implements CredentialAuthenticator {
  /** @internal */
  constructor(private readonly tokens: TokenAuthenticator<AccessToken>) {}

  cachedAccessToken(token: string, maxStalenessMs: number | null = null): Principal | undefined {
    return this.tokens.cached(token, maxStalenessMs);
  }

  /** Throws AccessTokenInvalid-, -Expired-, -Revoked- and -StaleError, and StoreUnavailableError. */
  async accessToken(token: string, maxStalenessMs: number | null = null): Promise<Principal> {
    return this.tokens.authenticate(token, maxStalenessMs);
  }

  cachedSession(): undefined {
    return undefined;
  }

  /** Throws CredentialsMissingError: no cookie is a credential here. */
  async session(): Promise<Principal> {
    throw new CredentialsMissingError();
  }
}
