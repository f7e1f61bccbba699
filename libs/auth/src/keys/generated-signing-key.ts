import { createPublicKey, generateKeyPair, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import type { ManagedAlgorithm } from './managed-key-options.js';
import { thumbprint } from './signing-key.js';

const generate = promisify(generateKeyPair) as unknown as (
  type: string,
  options: object,
) => Promise<{ privateKey: KeyObject }>;

const KINDS: Readonly<Record<ManagedAlgorithm, readonly [type: string, options: object]>> = {
  ES256: ['ec', { namedCurve: 'prime256v1' }],
  EdDSA: ['ed25519', {}],
  RS256: ['rsa', { modulusLength: 2048 }],
  PS256: ['rsa', { modulusLength: 2048 }],
};

/** A new private key, and its thumbprint as kid (RFC 7638). */
export async function generateSigningKey(
  alg: ManagedAlgorithm,
): Promise<{ kid: string; privateKey: KeyObject }> {
  const { privateKey } = await generate(...KINDS[alg]);
  return { kid: thumbprint(createPublicKey(privateKey)), privateKey };
}
