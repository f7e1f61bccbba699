import { constants, createHmac, sign } from 'node:crypto';
import { promisify } from 'node:util';
import type { SigningAlgorithm } from '../keys/key-options.js';
import type { ActiveKey } from '../keys/key-ring.js';
import type { JsonObject } from './compact-jws.js';

const signElsewhere = promisify(sign);
const PSS = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST };

/**
 * Signs claims as a compact JWS of a type (`typ`; RFC 7515, section 3.1). By one call of Node's own each, where jose would
 * go by way of WebCrypto (docs/decisions/signing.md). RSA takes far longer than the others, and is left to another
 * thread.
 */
export async function signCompactJws(claims: JsonObject, key: ActiveKey, type: string): Promise<string> {
  const input = `${segment({ alg: key.alg, kid: key.kid, typ: type })}.${segment(claims)}`;
  const signature = await SIGN[key.alg](Buffer.from(input), key.signWith);
  return `${input}.${signature.toString('base64url')}`;
}

type Sign = (input: Buffer, key: ActiveKey['signWith']) => Buffer | Promise<Buffer>;

const hmac =
  (hash: string): Sign =>
  (input, key) =>
    createHmac(hash, key).update(input).digest();

/** RFC 7518, section 3; RFC 8037, section 3.1. */
const SIGN: Readonly<Record<SigningAlgorithm, Sign>> = {
  HS256: hmac('sha256'),
  HS384: hmac('sha384'),
  HS512: hmac('sha512'),
  // Two numbers of fixed length, rather than DER.
  ES256: (input, key) => sign('sha256', input, { key, dsaEncoding: 'ieee-p1363' }),
  EdDSA: (input, key) => sign(null, input, key),
  RS256: (input, key) => signElsewhere('sha256', input, key),
  PS256: (input, key) => signElsewhere('sha256', input, { key, ...PSS }),
};

function segment(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
