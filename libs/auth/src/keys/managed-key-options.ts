import type { Duration } from '../time/duration.js';
import type { OptionReader } from '../validation/option-reader.js';

/** Algorithms that managed keys are made for. */
export type ManagedAlgorithm = 'ES256' | 'EdDSA' | 'RS256' | 'PS256';
const ALGORITHMS: readonly ManagedAlgorithm[] = ['ES256', 'EdDSA', 'RS256', 'PS256'];

/** `managedKeys`: signing keys that this application makes, seals and rotates by itself. */
export interface ManagedKeyOptions {
  /** Of the keys that are made from now on; RSA keys have 2048 bits. Default `ES256`. */
  readonly alg?: 'ES256' | 'EdDSA' | 'RS256' | 'PS256';
  /** For how long a key signs, 1h to 730d. Default `90d`. */
  readonly rotateEvery?: Duration;
  /**
   * How long before it signs a key is published: longer than whoever verifies keeps a copy of the JWKS. 2s to 90d, and at
   * most half of `rotateEvery`. Default `14d`.
   */
  readonly announce?: Duration;
}

export interface ResolvedManagedKeyOptions {
  readonly alg: ManagedAlgorithm;
  readonly rotateEveryMs: number;
  readonly announceMs: number;
}

export function resolveManagedKeyOptions(reader: OptionReader): ResolvedManagedKeyOptions {
  const resolved = {
    alg: reader.oneOf('alg', ALGORITHMS, 'ES256'),
    rotateEveryMs: reader.duration('rotateEvery', { default: '90d', min: '1h', max: '730d' }),
    announceMs: reader.duration('announce', { default: '14d', min: '2s', max: '90d' }),
  };
  reader.done();
  if (resolved.announceMs * 2 > resolved.rotateEveryMs) {
    reader.refuse('announce', 'at most half of "managedKeys.rotateEvery"', `${resolved.announceMs}ms`);
  }
  return resolved;
}
