import type { RevocationCheck } from './revocation-check.js';

/** Verifies the tokens of one kind, and caches those that verified. */
export interface TokenVerifier<T> {
  /** A token that verified before. Throws AccessTokenExpiredError. */
  cached(token: string): T | undefined;

  /** Throws AccessTokenInvalid-, AccessTokenExpired- and StoreUnavailableError. */
  verify(token: string): Promise<T>;
}

/** Tokens of one kind in, their principals out: each token is verified, then checked for revocation. */
export class TokenAuthenticator<T extends { readonly principal: unknown }> {
  constructor(
    private readonly verifier: TokenVerifier<T>,
    private readonly revocations: RevocationCheck<NoInfer<T>>,
  ) {}

  /**
   * The principal of a token that needs no waiting: it verified before, and the check in memory finds it good. `undefined`:
   * ask `authenticate`. Throws AccessTokenExpired-, -Revoked- and -StaleError.
   */
  cached(token: string, maxStalenessMs: number | null): T['principal'] | undefined {
    const verified = this.verifier.cached(token);
    return verified && this.revocations.cachedAsGood(verified, maxStalenessMs)
      ? verified.principal
      : undefined;
  }

  /** Throws AccessTokenInvalid-, -Expired-, -Revoked- and -StaleError, and StoreUnavailableError. */
  async authenticate(token: string, maxStalenessMs: number | null): Promise<T['principal']> {
    const verified = await this.verifier.verify(token);
    if (!this.revocations.cachedAsGood(verified, maxStalenessMs))
      await this.revocations.check(verified, maxStalenessMs);
    return verified.principal;
  }
}
