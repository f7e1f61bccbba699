import type { ServicePrincipal } from './service-token.js';
import type { ServiceTokenCheck } from './service-token-check.js';
import type { ServiceTokenVerifier } from './service-token-verifier.js';

/** Service tokens in, services out: what `ServiceAuthGuard` asks. To stand in for services in a test, replace this provider. */
export class ServiceAuthenticator {
  constructor(
    private readonly verifier: ServiceTokenVerifier,
    private readonly standing: ServiceTokenCheck,
  ) {}

  /**
   * The service of a token that needs no waiting: it verified before, and is known to stand. `undefined`: ask
   * `serviceToken`. Throws AccessTokenExpired- and -RevokedError.
   */
  cachedServiceToken(token: string, maxStalenessMs: number | null = null): ServicePrincipal | undefined {
    const verified = this.verifier.cached(token);
    return verified && this.standing.cachedAsGood(verified, maxStalenessMs) ? verified.principal : undefined;
  }

  /**
   * Throws AccessTokenInvalid-, -Expired- and -RevokedError, and StoreUnavailableError. `maxStalenessMs`: how old the
   * knowledge may be that the client and its token stand; null: as the options say.
   */
  async serviceToken(token: string, maxStalenessMs: number | null = null): Promise<ServicePrincipal> {
    const verified = await this.verifier.verify(token);
    if (!this.standing.cachedAsGood(verified, maxStalenessMs))
      await this.standing.check(verified, maxStalenessMs);
    return verified.principal;
  }
}
