import { createHmac } from 'node:crypto';
import { type JWTPayload, SignJWT } from 'jose';
import type { ActiveKey } from '../keys/key-ring.js';

/**
 * Signs claims as a compact JWS of a type (`typ`). jose does it for asymmetric keys. An HMAC is one call of Node's own, which jose would
 * make by way of WebCrypto's thread pool (docs/decisions/signing-with-hmac.md).
 */
export async function signCompactJws(claims: JWTPayload, key: ActiveKey, type: string): Promise<string> {
  const header = { alg: key.alg, kid: key.kid, typ: type };
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
