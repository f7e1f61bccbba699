import {
  createHash,
  createPrivateKey,
  createPublicKey,
  createSecretKey,
  type JsonWebKey,
  KeyObject,
  generateKeyPair,
} from 'node:crypto';
import { promisify } from 'node:util';
import { AuthConfigError } from '../errors/auth-config-error.js';
import { OptionReader } from '../validation/option-reader.js';
import {
  type KeyOption,
  type KeyState,
  SIGNING_ALGORITHMS,
  type SigningAlgorithm,
  type ManagedAlgorithm,
} from './key-options.js';

const ED25519_P = 2n ** 255n - 19n;
/** The y of a point of order 8; that of the others of this order is its negative. */
const Y8 = 0x7a03ac9277fdc74ec6cc392cfa53202a0f67100d760b3cba4fd84d3d706a17c7n;
/** Of the eight points whose order divides the cofactor: 1, 2, 4 and 8. Each y belongs to both signs of x. */
const SMALL_ORDER_Y: ReadonlySet<bigint> = new Set([0n, 1n, ED25519_P - 1n, Y8, ED25519_P - Y8]);

/** A key of the ring: material as KeyObjects, made once. */
export interface SigningKey {
  readonly kid: string;
  readonly alg: SigningAlgorithm;
  readonly state: KeyState;
  /** Null for a retired key of which only the public half is left. */
  readonly signWith: KeyObject | null;
  readonly verifyWith: KeyObject;
  /** Its tokens must be of this issuer, which the application was before. */
  readonly issuer?: string;
}

const HMAC_BYTES: Partial<Record<SigningAlgorithm, number>> = { HS256: 32, HS384: 48, HS512: 64 };
const RSA_ALGORITHMS: readonly SigningAlgorithm[] = ['RS256', 'PS256'];
const MIN_RSA_BITS = 2048;
/** Each verification takes longer with each bit of both: a published key must not stop the event loop. */
const MAX_RSA_BITS = 8192;
const MAX_EXPONENT = 2n ** 64n;
/** What may name a key. */
export const KID = /^[\x21-\x7e]{1,128}$/;

/** Checks one key that the application gave. Throws AuthConfigError that names it by its place in the list. */
export function readSigningKey(option: KeyOption, index: number): SigningKey {
  const path = `keys[${index}]`;
  const reader = new OptionReader(option, path);
  const alg = reader.custom('alg', `one of ${SIGNING_ALGORITHMS.join(', ')}`, (v): v is SigningAlgorithm =>
    SIGNING_ALGORITHMS.includes(v as SigningAlgorithm),
  );
  const state = reader.oneOf('state', ['next', 'active', 'retired'], 'active');
  const kid = reader.custom<string | null>(
    'kid',
    '1 to 128 printable characters',
    (v): v is string => typeof v === 'string' && KID.test(v),
    null,
  );
  const minBytes = HMAC_BYTES[alg];
  if (minBytes !== undefined) {
    const secret = reader.secret(
      'secret',
      `a string of at least ${minBytes} bytes for ${alg}`,
      (v): v is string => typeof v === 'string' && Buffer.byteLength(v) >= minBytes,
    );
    reader.done();
    if (kid === null) throw new AuthConfigError(`"${path}.kid" must be given for ${alg} (got undefined)`);
    const key = createSecretKey(Buffer.from(secret));
    return { kid, alg, state, signWith: key, verifyWith: key };
  }
  const given = (v: unknown): v is NonNullable<KeyOption['privateKey']> | undefined =>
    v === undefined || typeof v === 'string' || (typeof v === 'object' && v !== null);
  const privateInput = reader.secret('privateKey', 'a PEM text, a private JWK or a KeyObject', given);
  const publicInput = reader.secret('publicKey', 'a PEM text, a JWK or a KeyObject', given);
  reader.done();
  if (privateInput === undefined && (state !== 'retired' || publicInput === undefined)) {
    throw new AuthConfigError(
      `"${path}.privateKey" must be given for a key that is ${state} (got undefined)`,
    );
  }
  const signWith =
    privateInput === undefined ? null : parse(privateInput, 'private', alg, `${path}.privateKey`);
  const verifyWith =
    publicInput === undefined
      ? createPublicKey(signWith!)
      : parse(publicInput, 'public', alg, `${path}.publicKey`);
  checkStrength(verifyWith, alg, path);
  if (signWith && !createPublicKey(signWith).equals(verifyWith)) {
    throw new AuthConfigError(
      `"${path}.publicKey" must be the public half of "${path}.privateKey" (got another key)`,
    );
  }
  return { kid: kid ?? thumbprint(verifyWith), alg, state, signWith, verifyWith };
}

function parse(
  input: NonNullable<KeyOption['privateKey']>,
  type: 'private' | 'public',
  alg: SigningAlgorithm,
  path: string,
): KeyObject {
  if (typeof input === 'object' && !(input instanceof KeyObject)) checkPurpose(input, alg, path);
  let key: KeyObject;
  try {
    if (input instanceof KeyObject) key = input;
    else {
      const material =
        typeof input === 'string' ? input : ({ key: input as JsonWebKey, format: 'jwk' } as const);
      if (type === 'public' && holdsPrivatePart(input)) throw new Error('a private key');
      key = type === 'private' ? createPrivateKey(material) : createPublicKey(material);
    }
  } catch (cause) {
    throw new AuthConfigError(
      `"${path}" must be a ${type} key as PEM, JWK or KeyObject (got something else, not shown)`,
      { cause },
    );
  }
  if (key.type !== type) throw new AuthConfigError(`"${path}" must be a ${type} key (got a ${key.type} key)`);
  return key;
}

/** A JWK may say what it is for (RFC 7517, sections 4.2 to 4.4): Node.js does not look at that. */
function checkPurpose(
  { use, key_ops: operations, alg: stated }: Readonly<Record<string, unknown>>,
  alg: SigningAlgorithm,
  path: string,
): void {
  const signs = (value: unknown) => value === 'sign' || value === 'verify';
  if (
    (use !== undefined && use !== 'sig') ||
    (operations !== undefined && !(Array.isArray(operations) && operations.some(signs)))
  )
    throw new AuthConfigError(
      `"${path}" must be a key for signatures (got a JWK whose "use" or "key_ops" is another)`,
    );
  // WebCrypto exports Ed25519 keys under the name of RFC 9864.
  const sameByName = stated === alg || (stated === 'Ed25519' && alg === 'EdDSA');
  if (stated !== undefined && !sameByName)
    throw new AuthConfigError(`"${path}" must be a key for ${alg} (got a JWK whose "alg" is another)`);
}

/** createPublicKey() would quietly take the public half of a private key. */
function holdsPrivatePart(input: NonNullable<KeyOption['privateKey']>): boolean {
  return typeof input === 'string' ? input.includes('PRIVATE KEY') : 'd' in input;
}

/** Throws AuthConfigError for a key of another type or curve than `alg` asks for, or a weak one. */
export function checkStrength(key: KeyObject, alg: SigningAlgorithm, path: string): void {
  const details = key.asymmetricKeyDetails;
  const refuse = (allowed: string, got: string): never => {
    throw new AuthConfigError(`"${path}" must be ${allowed} for ${alg} (got ${got})`);
  };
  if (RSA_ALGORITHMS.includes(alg)) {
    if (key.asymmetricKeyType !== 'rsa') refuse('an RSA key', `${key.asymmetricKeyType}`);
    const { modulusLength = 0, publicExponent = 0n } = details ?? {};
    if (modulusLength < MIN_RSA_BITS || modulusLength > MAX_RSA_BITS)
      refuse(`of ${MIN_RSA_BITS} to ${MAX_RSA_BITS} bits`, `${modulusLength} bits`);
    if (publicExponent < 65_537n || publicExponent > MAX_EXPONENT)
      refuse('of a public exponent from 65537 to 2^64', `${publicExponent}`);
  } else if (alg === 'ES256') {
    if (key.asymmetricKeyType !== 'ec' || details?.namedCurve !== 'prime256v1')
      refuse('a P-256 key', `${details?.namedCurve ?? key.asymmetricKeyType}`);
  } else if (key.asymmetricKeyType !== 'ed25519') {
    refuse('an Ed25519 key', `${key.asymmetricKeyType}`);
  } else if (!isSoundEd25519Point(key)) {
    refuse(
      'an Ed25519 key that is no point of small order',
      'a point of small order, with which anyone can make signatures',
    );
  }
}

/** RFC 7638: SHA-256 of the required members of a public key, in lexicographic order. */
export function thumbprint(key: KeyObject): string {
  const jwk = key.export({ format: 'jwk' });
  const required = (
    jwk.kty === 'RSA' ? ['e', 'kty', 'n'] : jwk.kty === 'EC' ? ['crv', 'kty', 'x', 'y'] : ['crv', 'kty', 'x']
  ) as (keyof JsonWebKey)[];
  const canonical = JSON.stringify(Object.fromEntries(required.map((member) => [member, jwk[member]])));
  return createHash('sha256').update(canonical).digest('base64url');
}

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

/**
 * Whether an Ed25519 public key is a canonical point (RFC 8032, section 5.1.3) that is not of small order. With a point of
 * small order for a key anybody makes signatures: OpenSSL does not refuse it.
 */
function isSoundEd25519Point(key: KeyObject): boolean {
  const bytes = Buffer.from(key.export({ format: 'jwk' }).x!, 'base64url').reverse();
  const y = BigInt(`0x${bytes.toString('hex')}`) & (2n ** 255n - 1n);
  return y < ED25519_P && !SMALL_ORDER_Y.has(y);
}
