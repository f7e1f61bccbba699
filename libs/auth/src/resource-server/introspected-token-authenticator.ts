import type { RevocationCheck } from '../revocation-check/revocation-check.js';
import { TokenAuthenticator, type TokenVerifier } from '../revocation-check/token-authenticator.js';
import type { Introspection } from './issuer/introspection.js';

/** Each token is verified here and then introspected at the issuer: tokens of other issuers are never sent to it. */
export class IntrospectedTokenAuthenticator<
  T extends { readonly principal: unknown },
> extends TokenAuthenticator<T> {
  constructor(
    verifier: TokenVerifier<T>,
    revocations: RevocationCheck<NoInfer<T>>,
    private readonly introspection: Introspection,
  ) {
    super(verifier, revocations);
  }

  override cached(token: string, maxStalenessMs: number | null): T['principal'] | undefined {
    const principal = super.cached(token, null);
    return principal && this.introspection.cachedAsActive(token, maxStalenessMs) ? principal : undefined;
  }

  override async authenticate(token: string, maxStalenessMs: number | null): Promise<T['principal']> {
    const principal = await super.authenticate(token, null);
    await this.introspection.check(token, maxStalenessMs);
    return principal;
  }
}
