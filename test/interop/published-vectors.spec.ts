// The examples of RFC 7515, 7517, 7520, 7638 and 8037, through our own reading of keys, our ring and our verifier.
import { createHmac, createPrivateKey, createSecretKey, sign, verify } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { base64url, compactVerify } from 'jose';
import type { KeyOption, SigningAlgorithm } from 'nestjs-aerie';
// Not public: what is between a token and the principal.
import { signCompactJws, readCompactJws } from '../../libs/auth/src/access-tokens/compact-jws.js';
import { JwtVerifier } from '../../libs/auth/src/access-tokens/jwt-verifier.js';
import { AccessTokenInvalidError } from '../../libs/auth/src/errors/auth-error.js';
import { type ActiveKey, KeyRing } from '../../libs/auth/src/keys/key-ring.js';
import { readSigningKey, type SigningKey } from '../../libs/auth/src/keys/signing-key.js';
import { TestClock } from '../support/test-clock.js';
import * as rfc from './published-vectors.js';

const PRIVATE_MEMBERS = ['d', 'p', 'q', 'dp', 'dq', 'qi'];
const publicPart = (jwk: rfc.Jwk): rfc.Jwk =>
  Object.fromEntries(Object.entries(jwk).filter(([name]) => !PRIVATE_MEMBERS.includes(name)));
const read = (alg: string, jwk: rfc.Jwk, more: Partial<KeyOption> = {}): SigningKey =>
  readSigningKey({ alg: alg as SigningAlgorithm, privateKey: jwk, ...more }, 0);
const readPublic = (alg: SigningAlgorithm, jwk: rfc.Jwk): SigningKey =>
  readSigningKey({ alg, state: 'retired', publicKey: publicPart(jwk) }, 0);
/** An HMAC key as a ring has it; the option takes a text only, which the random bytes of the RFCs are not. */
const hmacKey = ({ k, kid = 'k' }: rfc.Jwk): SigningKey => {
  const key = createSecretKey(Buffer.from(k!, 'base64url'));
  return { kid, alg: 'HS256', state: 'active', signWith: key, verifyWith: key };
};

const SIGNED: readonly (readonly [section: string, jws: string, key: SigningKey])[] = [
  ['RFC 7515 A.1, HS256', rfc.RFC7515_A1_JWS, hmacKey(rfc.RFC7515_A1_KEY)],
  ['RFC 7515 A.2, RS256', rfc.RFC7515_A2_JWS, read('RS256', rfc.RFC7515_A2_KEY)],
  ['RFC 7515 A.3, ES256', rfc.RFC7515_A3_JWS, read('ES256', rfc.RFC7515_A3_KEY)],
  ['RFC 7520 4.1, RS256', rfc.RFC7520_RS256_JWS, read('RS256', rfc.RFC7520_RSA_KEY)],
  ['RFC 7520 4.4, HS256', rfc.RFC7520_HS256_JWS, hmacKey(rfc.RFC7520_SIGNING_SECRET)],
  ['RFC 8037 A.4, EdDSA', rfc.RFC8037_JWS, read('EdDSA', rfc.RFC8037_KEY)],
];

const inputOf = (jws: string) => jws.slice(0, jws.lastIndexOf('.'));
/** A signature by Node.js itself, of the algorithms that make the same one every time. */
function signatureOf(input: string, { alg, signWith }: SigningKey): string {
  if (alg === 'HS256') return createHmac('sha256', signWith!).update(input).digest('base64url');
  return sign(alg === 'EdDSA' ? null : 'sha256', Buffer.from(input), signWith!).toString('base64url');
}

describe('published signatures', () => {
  it.each(SIGNED)('%s: verifies under the key that we read', async (_section, jws, key) => {
    // The call that the verifier makes.
    const { payload } = await compactVerify(jws, key.verifyWith, { algorithms: [key.alg] });
    expect(base64url.encode(payload)).toBe(jws.split('.')[1]);
    const bytes = Buffer.from(jws.slice(jws.lastIndexOf('.') + 1), 'base64url');
    for (const at of [0, bytes.length >> 1, bytes.length - 1]) {
      const other = Buffer.from(bytes);
      other[at]! ^= 1;
      const changed = `${inputOf(jws)}.${other.toString('base64url')}`;
      await expect(compactVerify(changed, key.verifyWith, { algorithms: [key.alg] })).rejects.toThrow();
    }
  });

  it.each(SIGNED.filter(([, , { verifyWith }]) => verifyWith.type === 'public'))(
    '%s: verifies under the public half alone',
    async (_section, jws, { alg, verifyWith }) => {
      const { verifyWith: half } = readPublic(alg, verifyWith.export({ format: 'jwk' }) as rfc.Jwk);
      await expect(compactVerify(jws, half, { algorithms: [alg] })).resolves.toBeDefined();
    },
  );

  // ECDSA makes another one every time.
  it.each(SIGNED.filter(([, , { alg }]) => alg !== 'ES256'))(
    '%s: is made again, letter for letter, under the key that we read',
    (_section, jws, key) => {
      expect(`${inputOf(jws)}.${signatureOf(inputOf(jws), key)}`).toBe(jws);
    },
  );

  // Our header is of one form (alg, kid, typ) and our payload always claims, so none of the published texts comes out of
  // it: the same keys, under our input.
  it.each(SIGNED)('%s: its key signs our tokens', async (_section, _jws, key) => {
    const claims = { iss: 'joe', 'http://example.com/is_root': true };
    const token = await signCompactJws(claims, key as ActiveKey, 'at+jwt');
    const header = { alg: key.alg, kid: key.kid, typ: 'at+jwt' };
    expect(readCompactJws(token)).toMatchObject({ header, payload: claims });
    const [signed, signature] = [inputOf(token), token.slice(token.lastIndexOf('.') + 1)];
    if (key.alg === 'ES256') {
      const way = { key: key.verifyWith, dsaEncoding: 'ieee-p1363' } as const;
      expect(verify('sha256', Buffer.from(signed), way, Buffer.from(signature, 'base64url'))).toBe(true);
    } else expect(signature).toBe(signatureOf(signed, key));
  });

  it('are no tokens for us: without kid and typ, or not claims', async () => {
    const ring = new KeyRing(
      SIGNED.map(([, , key], index) => ({
        ...key,
        kid: `${key.kid}-${index}`,
        state: index ? 'next' : 'active',
      })),
    );
    const rules = { issuer: 'joe', audience: ['joe'], clockToleranceMs: 0 };
    const verifier = new JwtVerifier(ring, rules, new TestClock());
    for (const jws of [
      ...SIGNED.map(([, text]) => text),
      rfc.RFC7515_A5_JWS,
      rfc.RFC7515_A5_JWS.slice(0, -1),
    ]) {
      expect(readCompactJws(jws)).toBeUndefined();
      await expect(verifier.authentic(jws, 'JWT')).rejects.toThrow(AccessTokenInvalidError);
    }
  });

  it('are believed as soon as they are tokens of ours: the one that is not, for its signature alone', async () => {
    for (const [, , key] of SIGNED) {
      const verifier = new JwtVerifier(
        new KeyRing([key]),
        { issuer: 'joe', audience: ['us'], clockToleranceMs: 0 },
        new TestClock(),
      );
      const claims = { iss: 'joe', aud: 'us' };
      const token = await signCompactJws(claims, key as ActiveKey, 'at+jwt');
      expect(await verifier.authentic(token, 'at+jwt')).toEqual(claims);
      // Unsecured (RFC 7515, A.5), with everything else as it should be.
      const header = Buffer.from(JSON.stringify({ alg: 'none', kid: key.kid, typ: 'at+jwt' }));
      for (const signature of ['', token.slice(token.lastIndexOf('.') + 1)])
        await expect(
          verifier.authentic(`${header.toString('base64url')}.${token.split('.')[1]}.${signature}`, 'at+jwt'),
        ).rejects.toThrow(AccessTokenInvalidError);
    }
  });
});

describe('published keys', () => {
  it('RFC 7638, 3.1 and RFC 8037, A.3: are named by their thumbprints', () => {
    for (const key of [read('RS256', rfc.RFC7517_RSA_KEY), readPublic('RS256', rfc.RFC7517_RSA_KEY)])
      expect(key.kid).toBe(rfc.RFC7638_THUMBPRINT);
    for (const key of [read('EdDSA', rfc.RFC8037_KEY), readPublic('EdDSA', rfc.RFC8037_KEY)])
      expect(key.kid).toBe(rfc.RFC8037_THUMBPRINT);
  });

  it('RFC 7517, A.1: an RSA key is published as it is there, for signatures', () => {
    const ring = new KeyRing([read('RS256', rfc.RFC7517_RSA_KEY, { kid: rfc.RFC7517_RSA_KEY['kid']! })]);
    expect(ring.publicKeys()).toEqual([{ ...publicPart(rfc.RFC7517_RSA_KEY), use: 'sig' }]);
  });

  it('RFC 7520, 3.3 and RFC 8037, A.2: so are those', () => {
    const kid = rfc.RFC7520_RSA_KEY['kid']!;
    const { d: _d, ...ed } = rfc.RFC8037_KEY;
    const ring = new KeyRing([
      read('RS256', rfc.RFC7520_RSA_KEY, { kid }),
      read('EdDSA', rfc.RFC8037_KEY, { state: 'next' }),
    ]);
    expect(ring.publicKeys()).toEqual([
      { ...publicPart(rfc.RFC7520_RSA_KEY), alg: 'RS256', kid },
      { ...ed, use: 'sig', alg: 'EdDSA', kid: rfc.RFC8037_THUMBPRINT },
    ]);
  });

  it('RFC 7515, A.3: the two halves of a key belong together', () => {
    const halves = { publicKey: publicPart(rfc.RFC7515_A3_KEY) };
    expect(read('ES256', rfc.RFC7515_A3_KEY, halves).kid).toBe(readPublic('ES256', rfc.RFC7515_A3_KEY).kid);
  });

  it('RFC 7517, A.1: a key for encryption does not sign', () => {
    expect(() => read('ES256', rfc.RFC7517_EC_KEY)).toThrow(
      '"keys[0].privateKey" must be a key for signatures',
    );
    expect(() => readPublic('ES256', rfc.RFC7517_EC_KEY)).toThrow(
      '"keys[0].publicKey" must be a key for sig',
    );
    const { use: _use, ...unsaid } = rfc.RFC7517_EC_KEY;
    expect(read('ES256', unsaid).signWith).not.toBeNull();
  });

  it('RFC 7517, A.1: a key for RS256 signs with nothing else', () => {
    expect(() => read('PS256', rfc.RFC7517_RSA_KEY)).toThrow('"keys[0].privateKey" must be a key for PS256');
  });

  it('RFC 7520, 3.2 and 4.2, 4.3: curves and algorithms that we do not have are refused', () => {
    expect(() => read('ES256', rfc.RFC7520_EC_KEY)).toThrow('must be a P-256 key for ES256 (got secp521r1)');
    expect(() => read('ES512', rfc.RFC7520_EC_KEY)).toThrow('"keys[0].alg" must be one of');
    expect(() => read('PS384', rfc.RFC7520_RSA_KEY)).toThrow('"keys[0].alg" must be one of');
    // They are real keys all the same.
    for (const key of [rfc.RFC7520_EC_KEY, rfc.RFC7517_EC_KEY])
      expect(createPrivateKey({ key: key as never, format: 'jwk' }).type).toBe('private');
  });

  it('RFC 7515, A.1 and RFC 7520, 3.5: a secret is given as a text, not as a JWK', () => {
    for (const { alg: _alg, ...key } of [rfc.RFC7515_A1_KEY, rfc.RFC7520_SIGNING_SECRET]) {
      expect(() => read('HS256', key)).toThrow('"keys[0].secret" must be a string of at least 32 bytes');
      expect(() => read('ES256', key)).toThrow('"keys[0].privateKey" must be a private key');
    }
  });
});
