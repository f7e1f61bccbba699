import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import type { KeyOption } from 'nestjs-aerie';
import { goodClaims, type Members, signAsymmetric } from '../access-tokens/forge.js';

/** A key pair of an issuer that a test signs with itself. */
export interface Es256Key {
  readonly privateKey: KeyObject;
  readonly option: KeyOption;
  /** As a JWK set publishes it. */
  readonly jwk: Members;
  /** A good access token, with changes. */
  token(claims?: Members, header?: Members): string;
}

export function es256Key(kid: string): Es256Key {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return {
    privateKey,
    option: { alg: 'ES256', kid, privateKey },
    jwk: { ...publicKey.export({ format: 'jwk' }), kid, alg: 'ES256', use: 'sig' },
    token: (claims = {}, header = {}) =>
      signAsymmetric(
        'ES256',
        { alg: 'ES256', kid, typ: 'at+jwt', ...header },
        goodClaims({ id: 'sign-in', sub: 'user-1', sep: 0 }, claims),
        privateKey,
      ),
  };
}
