import {
  constants,
  createHash,
  createHmac,
  hkdfSync,
  type KeyObject,
  randomUUID,
  sign as signWithKey,
} from 'node:crypto';
import { ISSUER, SECRET } from '../support/test-app.js';

/** The HS256 key that an application derives from its secret, made here from the description of it alone. */
export const DERIVED_KEY = Buffer.from(
  hkdfSync('sha256', SECRET, '', `nestjs-aerie|v1|access-token|${ISSUER}`, 32),
);
export const DERIVED_KID = `hs-${createHash('sha256').update('kid|').update(DERIVED_KEY).digest('base64url').slice(0, 12)}`;

export type Members = Record<string, unknown>;

/** A segment: an object as JSON, a text as it is. */
export const segment = (value: unknown): string =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');

export const GOOD_HEADER: Members = { alg: 'HS256', kid: DERIVED_KID, typ: 'at+jwt' };

/** Claims that an application would believe, of a sign-in that it opened. */
export function goodClaims(signIn: { id: string; sub: string; sep: number }, change: Members = {}): Members {
  const now = Math.floor(Date.now() / 1000);
  return {
    iss: ISSUER,
    aud: ISSUER,
    sub: signIn.sub,
    iat: now,
    exp: now + 300,
    jti: randomUUID(),
    sid: signIn.id,
    sep: signIn.sep,
    gep: 0,
    auth_time: now,
    amr: ['pwd'],
    roles: [],
    scope: '',
    ...change,
  };
}

/** A compact JWS, signed with an HMAC key. */
export function signHmac(
  header: unknown,
  claims: unknown,
  key: string | Buffer = DERIVED_KEY,
  hash = 'sha256',
) {
  const input = `${segment(header)}.${segment(claims)}`;
  return `${input}.${createHmac(hash, key).update(input).digest('base64url')}`;
}

/** A compact JWS, signed with a private key. */
export function signAsymmetric(alg: string, header: unknown, claims: unknown, key: KeyObject): string {
  const input = Buffer.from(`${segment(header)}.${segment(claims)}`);
  const pss = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 };
  const signature =
    alg === 'EdDSA'
      ? signWithKey(null, input, key)
      : alg === 'ES256'
        ? signWithKey('sha256', input, { key, dsaEncoding: 'ieee-p1363' })
        : signWithKey('sha256', input, { key, ...(alg === 'PS256' && pss) });
  return `${input.toString()}.${signature.toString('base64url')}`;
}
