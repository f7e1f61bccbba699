import { constants, createHmac, type KeyObject, sign, verify } from 'node:crypto';
import { setImmediate } from 'node:timers';
import { promisify } from 'node:util';
import { equalInConstantTime } from '../crypto/constant-time.js';
import type { SigningAlgorithm } from '../keys/key-options.js';

type Verdict<T> = (input: Buffer, key: KeyObject, signature: Buffer) => T;

/** An algorithm of RFC 7518, section 3, or RFC 8037, section 3.1: one call of Node's own (docs/decisions/signatures.md). */
interface Algorithm {
  /** The only type of key that it is used with, and the curve of an elliptic one. */
  readonly type: string;
  readonly curve?: string;
  readonly sign: (input: Buffer, key: KeyObject) => Buffer | Promise<Buffer>;
  readonly verify: Verdict<boolean>;
  /** The same on another thread. Null: it is too quick for that. */
  readonly verifyElsewhere: Verdict<Promise<boolean>> | null;
}

const signElsewhere = promisify(sign);
const verifyElsewhere = promisify(verify);

function hmac(hash: string): Algorithm {
  const tag = (input: Buffer, key: KeyObject): Buffer => createHmac(hash, key).update(input).digest();
  return {
    type: 'secret',
    sign: tag,
    verify: (input, key, signature) => equalInConstantTime(tag(input, key), signature),
    verifyElsewhere: null,
  };
}

/** `hash`: null where the algorithm hashes by itself. */
function ofKeyPair(type: string, hash: string | null, options: object = {}, curve?: string): Algorithm {
  return {
    type,
    ...(curve !== undefined && { curve }),
    sign: (input, key) => sign(hash, input, { key, ...options }),
    verify: (input, key, signature) => verify(hash, input, { key, ...options }, signature),
    verifyElsewhere: (input, key, signature) => verifyElsewhere(hash, input, { key, ...options }, signature),
  };
}

/** RSA takes far longer to sign than the others: another thread does it. */
function rsa(options: object = {}): Algorithm {
  return {
    ...ofKeyPair('rsa', 'sha256', options),
    sign: (input, key) => signElsewhere('sha256', input, { key, ...options }),
  };
}

const ALGORITHMS: Readonly<Record<SigningAlgorithm, Algorithm>> = {
  HS256: hmac('sha256'),
  HS384: hmac('sha384'),
  HS512: hmac('sha512'),
  // Two numbers of 32 bytes, rather than DER: Node.js refuses every other length.
  ES256: ofKeyPair('ec', 'sha256', { dsaEncoding: 'ieee-p1363' }, 'prime256v1'),
  EdDSA: ofKeyPair('ed25519', null),
  RS256: rsa(),
  PS256: rsa({ padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST }),
};

export function signatureOf(input: string, alg: SigningAlgorithm, key: KeyObject): Buffer | Promise<Buffer> {
  return ALGORITHMS[alg].sign(Buffer.from(input), key);
}

/** How many signatures of key pairs are verified on this thread in one turn of its event loop. */
const PER_TURN = 16;
let inThisTurn = 0;
/** The algorithm that a key is fit for: each key is looked at once. */
const fit = new WeakMap<KeyObject, SigningAlgorithm>();

/**
 * Whether a key made this signature of a text. An algorithm is used with keys of its own type and curve alone (RFC 8725,
 * section 3.1), and all that throws is a refusal. Most tokens are verified on this thread, which is faster. When many new
 * ones come at once, as in a flood of forged ones, 16 are, and the others go to other threads: the event loop goes on.
 */
export function isSignedBy(
  { alg, verifyWith: key }: { readonly alg: SigningAlgorithm; readonly verifyWith: KeyObject },
  input: string,
  signature: Buffer,
): boolean | Promise<boolean> {
  try {
    if (!isFit(key, alg)) return false;
    const { verify, verifyElsewhere } = ALGORITHMS[alg];
    if (verifyElsewhere && !hasTurn())
      return verifyElsewhere(Buffer.from(input), key, signature).catch(() => false);
    return verify(Buffer.from(input), key, signature);
  } catch {
    return false;
  }
}

function isFit(key: KeyObject, alg: SigningAlgorithm): boolean {
  if (fit.get(key) === alg) return true;
  const { type, curve } = ALGORITHMS[alg];
  const isOfType =
    type === 'secret' ? key.type === type : key.type === 'public' && key.asymmetricKeyType === type;
  if (!isOfType || (curve !== undefined && key.asymmetricKeyDetails?.namedCurve !== curve)) return false;
  fit.set(key, alg);
  return true;
}

/** By the `setImmediate` of Node.js: the fake timers of a test may never run the global one. */
function hasTurn(): boolean {
  if (inThisTurn === 0) setImmediate(() => (inThisTurn = 0));
  return ++inThisTurn <= PER_TURN;
}
