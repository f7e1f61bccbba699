import { createPublicKey, type JsonWebKey } from 'node:crypto';
import { AuthConfigError } from '../errors/auth-config-error.js';
import type { SigningAlgorithm } from './key-options.js';
import { checkStrength, KID } from './signing-key.js';
import { type VerificationKey, VerificationKeys } from './verification-keys.js';

/** Members that hold private key material (RFC 7518, sections 6.2.2, 6.3.2 and 6.4). */
const PRIVATE_MEMBERS = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'];

/**
 * One key of a JWK set (RFC 7517), checked as strictly as those of our own ring: `kid` and `alg` are required, the type,
 * curve and size are those that `alg` asks for, nothing private is in it. Throws AuthConfigError that names it by
 * `path`; no member's value is shown.
 */
export function readPublishedKey(
  given: unknown,
  path: string,
  algorithms: readonly SigningAlgorithm[],
): VerificationKey {
  const refuse = (member: string, allowed: string): never => {
    throw new AuthConfigError(`"${path}${member}" must be ${allowed} (got something else, not shown)`);
  };
  if (typeof given !== 'object' || given === null || Array.isArray(given)) refuse('', 'a public JWK');
  const jwk = given as Readonly<Record<string, unknown>>;
  if (PRIVATE_MEMBERS.some((member) => Object.hasOwn(jwk, member)))
    refuse('', 'a public key, without members of a private or a secret one');
  const { kid, alg, use, key_ops: operations } = jwk;
  if (typeof kid !== 'string' || !KID.test(kid)) return refuse('.kid', '1 to 128 printable characters');
  if (!algorithms.includes(alg as SigningAlgorithm)) refuse('.alg', `one of ${algorithms.join(', ')}`);
  if (use !== undefined && use !== 'sig') refuse('.use', '"sig", or left out');
  if (operations !== undefined && !(Array.isArray(operations) && operations.includes('verify')))
    refuse('.key_ops', 'a list with "verify", or left out');
  return { kid, alg: alg as SigningAlgorithm, verifyWith: publicKey(jwk, alg as SigningAlgorithm, path) };
}

function publicKey(jwk: Readonly<Record<string, unknown>>, alg: SigningAlgorithm, path: string) {
  let key;
  try {
    key = createPublicKey({ key: jwk as JsonWebKey, format: 'jwk' });
  } catch {
    // Its message may quote what was given.
    throw new AuthConfigError(`"${path}" must be a public JWK (got something else, not shown)`);
  }
  checkStrength(key, alg, path);
  return key;
}

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
