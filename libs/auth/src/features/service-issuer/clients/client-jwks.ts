import { AuthConfigError } from '../../../errors/auth-config-error.js';
import { type SigningAlgorithm } from '../../../keys/key-options.js';
import { readSigningKey } from '../../../keys/signing-key.js';
import { type VerificationKey, VerificationKeys } from '../../../keys/verification-keys.js';
import type { ClientJwk } from './service-client-row.js';

const MAX_KEYS = 20;
const ASYMMETRIC: readonly SigningAlgorithm[] = ['RS256', 'PS256', 'ES256', 'EdDSA'];
/** Public members (RFC 7517, section 4; RFC 7518, section 6; RFC 8037, section 2), and nothing that may hold a private part. */
const KEPT = ['kty', 'crv', 'x', 'y', 'n', 'e', 'kid', 'alg', 'use'];

/**
 * The public keys of a client, checked: each with a `kid` of its own and an asymmetric `alg`, strong enough for it, and
 * without any private member. Gives what is kept of them. Throws AuthConfigError.
 */
export function checkedJwks(value: unknown): readonly ClientJwk[] {
  const keys = (value as { keys?: unknown } | null)?.keys;
  if (!Array.isArray(keys) || keys.length === 0 || keys.length > MAX_KEYS)
    throw new AuthConfigError(
      `"jwks" must be { keys: [...] } of 1 to ${MAX_KEYS} public keys (got something else)`,
    );
  const read = keys.map((key, i) => checkedJwk(key, i));
  if (new Set(read.map(({ kid }) => kid)).size !== read.length)
    throw new AuthConfigError('"jwks" must be keys of different kids (got two of the same)');
  return read;
}

function checkedJwk(key: unknown, index: number): ClientJwk {
  const path = `jwks.keys[${index}]`;
  if (typeof key !== 'object' || key === null)
    throw new AuthConfigError(`"${path}" must be a JWK (got none)`);
  const jwk = key as ClientJwk;
  for (const name of Object.keys(jwk)) {
    if (!KEPT.includes(name))
      throw new AuthConfigError(
        `"${path}" must have public members alone: ${KEPT.join(', ')} (got another, not shown)`,
      );
  }
  if (!ASYMMETRIC.includes(jwk['alg'] as SigningAlgorithm))
    throw new AuthConfigError(`"${path}.alg" must be one of ${ASYMMETRIC.join(', ')} (got another, or none)`);
  if (jwk['kid'] === undefined) throw new AuthConfigError(`"${path}.kid" must be given (got undefined)`);
  if (jwk['use'] !== undefined && jwk['use'] !== 'sig')
    throw new AuthConfigError(`"${path}.use" must be "sig", or left out (got another)`);
  verificationKey(jwk, index);
  return jwk;
}

function verificationKey(jwk: ClientJwk, index: number): VerificationKey {
  const { kid, alg, use: _use, ...publicKey } = jwk;
  const option = { kid: kid as string, alg: alg as SigningAlgorithm, state: 'retired' as const, publicKey };
  return readSigningKey(option, index);
}

/** The keys that a client's assertions verify with. They are those of one reading: later changes are not reported. */
export class ClientKeys extends VerificationKeys {
  constructor(private readonly jwks: readonly ClientJwk[]) {
    super();
  }

  override find(kid: string): VerificationKey | undefined {
    const index = this.jwks.findIndex((jwk) => jwk['kid'] === kid);
    if (index === -1) return undefined;
    try {
      return verificationKey(this.jwks[index]!, index);
    } catch (error) {
      // It was registered when less was refused.
      if (error instanceof AuthConfigError) return undefined;
      throw error;
    }
  }

  override onChange(): void {}
}
