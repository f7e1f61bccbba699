import type { TokenAuthenticator } from '../revocation-check/token-authenticator.js';
import type { ServicePrincipal, ServiceToken } from './service-token.js';

/** Service tokens in, services out: what `ServiceAuthGuard` asks. To stand in for services in a test, replace this provider. */
export class ServiceAuthenticator {
  /** @internal */
  constructor(private readonly tokens: TokenAuthenticator<ServiceToken>) {}

  /**
   * The service of a token that needs no waiting: it verified before, and the check in memory finds it good. `undefined`: ask
   * `serviceToken`. Throws AccessTokenExpired- and -RevokedError.
   */
  cachedServiceToken(token: string, maxStalenessMs: number | null = null): ServicePrincipal | undefined {
    return this.tokens.cached(token, maxStalenessMs);
  }

  /**
   * Throws AccessTokenInvalid-, -Expired- and -RevokedError, and StoreUnavailableError. `maxStalenessMs`: how old the
   * knowledge may be that the client and its token are good; null: as the options say.
   */
  async serviceToken(token: string, maxStalenessMs: number | null = null): Promise<ServicePrincipal> {
    return this.tokens.authenticate(token, maxStalenessMs);
  }
}
