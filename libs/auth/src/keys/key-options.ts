import type { KeyObject } from 'node:crypto';

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
