import type { AccessTokenVerifier } from '../access-tokens/access-token-verifier.js';
import type { Principal } from '../principal/principal.js';
import type { RevocationCheck } from '../revocation-check/revocation-check.js';
import { ServiceAuthenticator } from '../service-tokens/service-authenticator.js';
import type { ServicePrincipal } from '../service-tokens/service-token.js';
import type { ServiceTokenCheck } from '../service-tokens/service-token-check.js';
import type { ServiceTokenVerifier } from '../service-tokens/service-token-verifier.js';
import type { Introspection } from './issuer/introspection.js';
import { ResourceAuthenticator } from './resource-authenticator.js';

/** The issuer is asked about each token, once it has been verified here: nobody else's is sent to it. */
export class IntrospectedAuthenticator extends ResourceAuthenticator {
  constructor(
    verifier: AccessTokenVerifier,
    standing: RevocationCheck,
    private readonly introspection: Introspection,
  ) {
    super(verifier, standing);
  }

  override cachedAccessToken(token: string, maxStalenessMs: number | null = null): Principal | undefined {
    const principal = super.cachedAccessToken(token);
    return principal && this.introspection.remembers(token, maxStalenessMs) ? principal : undefined;
  }

  override async accessToken(token: string, maxStalenessMs: number | null = null): Promise<Principal> {
    const principal = await super.accessToken(token);
    await this.introspection.check(token, maxStalenessMs);
    return principal;
  }
}

/** The same for the tokens of services. */
export class IntrospectedServiceAuthenticator extends ServiceAuthenticator {
  constructor(
    verifier: ServiceTokenVerifier,
    standing: ServiceTokenCheck,
    private readonly introspection: Introspection,
  ) {
    super(verifier, standing);
  }

  override cachedServiceToken(token: string, maxStalenessMs: number | null = null) {
    const service = super.cachedServiceToken(token);
    return service && this.introspection.remembers(token, maxStalenessMs) ? service : undefined;
  }

  override async serviceToken(
    token: string,
    maxStalenessMs: number | null = null,
  ): Promise<ServicePrincipal> {
    const service = await super.serviceToken(token);
    await this.introspection.check(token, maxStalenessMs);
    return service;
  }
}
