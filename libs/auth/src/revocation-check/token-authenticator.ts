import type { RevocationCheck } from './revocation-check.js';

/** Verifies the tokens of one kind, and caches those that verified. */
export interface TokenVerifier<T> {
  /** A token that verified before. Throws AccessTokenExpiredError. */
  cached(token: string): T | undefined;

  /** Throws AccessTokenInvalid-, AccessTokenExpired- and StoreUnavailableError. */
  verify(token: string): Promise<T>;
}

/** A token that was good, and what can tell whether it still is: for connections, which outlive the request. */
export interface AdmittedToken<T extends { readonly principal: unknown } = { readonly principal: unknown }> {
  readonly text: string;
  readonly token: T;
  readonly authenticator: TokenAuthenticator<T>;
}

const admitted = new WeakMap<object, unknown>();

/** The token that a principal of an authenticator was made of. */
export function admittedTokenOf<T extends { readonly principal: unknown }>(
  principal: object,
): AdmittedToken<T> | undefined {
  return admitted.get(principal) as AdmittedToken<T> | undefined;
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
    const principal = verified.principal as object;
    if (!admitted.has(principal))
      admitted.set(principal, { text: token, token: verified, authenticator: this });
    return verified.principal;
  }

  /** Throws AccessTokenRevoked- and AccessTokenStaleError for a token that memory knows to have ended. Never waits. */
  refuseIfKnown(token: T): void {
    this.revocations.refuseIfKnown(token);
  }
}
