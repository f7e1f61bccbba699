import type { KeyObject } from 'node:crypto';
import type { SigningAlgorithm } from './key-options.js';

/** A key that tokens are verified with. */
export interface VerificationKey {
  readonly kid: string;
  readonly alg: SigningAlgorithm;
  readonly verifyWith: KeyObject;
  /** Its tokens must be of this issuer. Default: of any that the verifier takes. */
  readonly issuer?: string;
}

/** Where a verifier finds the key that a token names: this application's own ring, or what an issuer publishes. */
export abstract class VerificationKeys {
  /**
   * The key of exactly this `kid`; there is no fallback. `undefined`: there is none. Throws StoreUnavailableError when
   * that cannot be told now.
   */
  abstract find(kid: string): VerificationKey | undefined | Promise<VerificationKey | undefined>;

  /** Calls `listener` when keys have come or gone: caches of verified tokens drop them. */
  abstract onChange(listener: () => void): void;
}
