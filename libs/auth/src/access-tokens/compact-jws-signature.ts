import { createHmac } from 'node:crypto';
import { type JWTPayload, SignJWT } from 'jose';
import type { KeyRing } from '../keys/key-ring.js';
import { ACCESS_TOKEN_TYPE } from './access-token.js';

type ActiveKey = KeyRing['active'];

/**
 * Signs claims as a compact JWS. jose does it for asymmetric keys. An HMAC is one call of Node's own, which jose would
 * make by way of WebCrypto's thread pool (docs/decisions/signing-with-hmac.md).
 */
export async function signCompactJws(claims: JWTPayload, key: ActiveKey): Promise<string> {
  const header = { alg: key.alg, kid: key.kid, typ: ACCESS_TOKEN_TYPE };
  if (!key.alg.startsWith('HS')) return new SignJWT(claims).setProtectedHeader(header).sign(key.signWith);
  const input = `${segment(header)}.${segment(claims)}`;
  const signature = createHmac(`sha${key.alg.slice(2)}`, key.signWith)
    .update(input)
    .digest('base64url');
  return `${input}.${signature}`;
}

function segment(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
