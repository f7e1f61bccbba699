import { AuthConfigError } from '../errors/auth-config-error.js';
import type { SigningAlgorithm } from './key-options.js';
import { readPublishedKey } from './published-key.js';
import { type VerificationKey, VerificationKeys } from './verification-keys.js';

/** An issuer's keys, given by the application as a JWK set: they stay as they are. */
export class StaticKeys extends VerificationKeys {
  private readonly byKid: ReadonlyMap<string, VerificationKey>;

  /** Throws AuthConfigError for a key that is unfit, and for two of one `kid`. `path`: where they were given. */
  constructor(jwks: readonly unknown[], path: string, algorithms: readonly SigningAlgorithm[]) {
    super();
    const keys = jwks.map((jwk, index) => readPublishedKey(jwk, `${path}[${index}]`, algorithms));
    this.byKid = new Map(keys.map((key) => [key.kid, key]));
    if (this.byKid.size !== keys.length)
      throw new AuthConfigError(`"${path}" must be keys of different kids (got two of the same)`);
  }

  override find(kid: string): VerificationKey | undefined {
    return this.byKid.get(kid);
  }

  override onChange(): void {
    // They never do.
  }
}
