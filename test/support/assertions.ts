import { generateKeyPairSync, type KeyObject, randomUUID } from 'node:crypto';
import { type JWTPayload, SignJWT } from 'jose';
import { ASSERTION_URN, postForm } from './service-requests.js';
import { ISSUER, type TestApp } from './test-app.js';

export interface ClientKey {
  readonly privateKey: KeyObject;
  readonly jwk: Record<string, unknown>;
}

/** A key for `private_key_jwt`, ES256. */
export function clientKey(kid = 'k1'): ClientKey {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return { privateKey, jwk: { ...publicKey.export({ format: 'jwk' }), kid, alg: 'ES256' } };
}

/** An assertion of a client (RFC 7523), with what a test changes; a claim that is `undefined` is left out. */
export function assertion(
  clientId: string,
  { privateKey, jwk }: ClientKey,
  claims: JWTPayload = {},
  header: Record<string, unknown> = {},
): Promise<string> {
  const now = Math.floor(Date.now() / 1000);
  const whole = {
    iss: clientId,
    sub: clientId,
    aud: ISSUER,
    jti: randomUUID(),
    iat: now,
    exp: now + 60,
    ...claims,
  };
  const given = JSON.parse(JSON.stringify(whole)) as JWTPayload;
  return new SignJWT(given)
    .setProtectedHeader({ alg: 'ES256', kid: jwk['kid'] as string, ...header })
    .sign(privateKey);
}

/** Asks for a token with an assertion. */
export function askWithAssertion(app: TestApp, text: string, fields: Record<string, string> = {}) {
  return postForm(app, 'token', {
    grant_type: 'client_credentials',
    client_assertion_type: ASSERTION_URN,
    client_assertion: text,
    ...fields,
  });
}
