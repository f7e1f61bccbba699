import type { KeyObject } from 'node:crypto';
import type { Duration } from '../time/duration.js';
import type { OptionReader } from '../validation/option-reader.js';

/** Algorithms that access tokens may be signed with (RFC 7518, RFC 8037). */
export type SigningAlgorithm = 'HS256' | 'HS384' | 'HS512' | 'RS256' | 'PS256' | 'ES256' | 'EdDSA';
export const SIGNING_ALGORITHMS: readonly SigningAlgorithm[] = [
  'HS256',
  'HS384',
  'HS512',
  'RS256',
  'PS256',
  'ES256',
  'EdDSA',
];

/** Those with a public half, which others can verify with. */
export const PUBLIC_ALGORITHMS = SIGNING_ALGORITHMS.filter((alg) => !alg.startsWith('HS'));

/**
 * - `active`: signs and verifies; exactly one key is
 * - `next`: published and verifies, does not sign yet
 * - `retired`: verifies until its last token has expired
 */
export type KeyState = 'next' | 'active' | 'retired';

/** One signing key that the application gives. */
export interface KeyOption {
  readonly alg: SigningAlgorithm;
  /** Default: the key's thumbprint (RFC 7638); required for HS keys. */
  readonly kid?: string;
  /** Default `active`. */
  readonly state?: KeyState;
  /** RS, PS, ES, EdDSA: PEM (PKCS#8), a private JWK or a KeyObject. */
  readonly privateKey?: string | KeyObject | Readonly<Record<string, unknown>>;
  /** A `retired` key needs its public half only: PEM (SPKI), a JWK or a KeyObject. */
  readonly publicKey?: string | KeyObject | Readonly<Record<string, unknown>>;
  /** HS only: at least 32, 48 or 64 bytes for HS256, HS384, HS512 (RFC 7518, section 3.2). */
  readonly secret?: string;
}

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
   * How long before it signs a key is published: longer than verifiers keep a copy of the JWKS. 2s to 90d, and at
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
