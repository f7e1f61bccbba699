import { createPrivateKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createLocalJWKSet, jwtVerify } from 'jose';
import type { KeyOption, SigningAlgorithm } from 'nestjs-aerie';
import { claimsOf, signIn, statusOf } from '../support/sign-ins.js';
import { BELOW_THE_EDGE, ISSUER, startTestApp, type TestApp } from '../support/test-app.js';
import { goodClaims, signAsymmetric, signHmac } from './forge.js';

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const ed = generateKeyPairSync('ed25519');
const pem = (key: KeyObject) => key.export({ type: 'pkcs8', format: 'pem' }).toString();
const HMAC_SECRET = 'an HMAC secret that is sixty-four bytes long, to be on the safe side';

const KEYS: [SigningAlgorithm, KeyOption][] = [
  ['HS256', { alg: 'HS256', kid: 'k', secret: HMAC_SECRET }],
  ['HS384', { alg: 'HS384', kid: 'k', secret: HMAC_SECRET }],
  ['HS512', { alg: 'HS512', kid: 'k', secret: HMAC_SECRET }],
  ['RS256', { alg: 'RS256', kid: 'k', privateKey: pem(rsa.privateKey) }],
  ['PS256', { alg: 'PS256', kid: 'k', privateKey: rsa.privateKey }],
  ['ES256', { alg: 'ES256', kid: 'k', privateKey: ec.privateKey.export({ format: 'jwk' }) as never }],
  ['EdDSA', { alg: 'EdDSA', kid: 'k', privateKey: pem(ed.privateKey) }],
];

describe.each(BELOW_THE_EDGE)('signing algorithms, on %s', (adapter) => {
  const start = async (keys: KeyOption[], options = {}) => {
    const app = await startTestApp({ adapter, options: { keys, ...options } });
    await app.users.add('ada');
    return app;
  };
  const jwksOf = async (app: TestApp) => app.client().get('/.well-known/jwks.json');

  it.each(KEYS)('%s signs, verifies, and is published without its private part', async (alg, key) => {
    const app = await start([key]);
    const { body } = await signIn(app, 'tokens');
    const header = JSON.parse(Buffer.from(body.access_token.split('.')[0], 'base64url').toString());
    expect(header).toEqual({ alg, kid: 'k', typ: 'at+jwt' });
    expect(await statusOf(app, body.access_token)).toBe(200);
    const { status, body: jwks, headers } = await jwksOf(app);
    expect(status).toBe(200);
    expect(headers.get('cache-control')).toMatch(/max-age=\d+/);
    if (alg.startsWith('HS')) expect(jwks).toEqual({ keys: [] });
    else {
      expect(jwks.keys).toEqual([expect.objectContaining({ kid: 'k', alg, use: 'sig' })]);
      const members = { RSA: ['n', 'e'], EC: ['crv', 'x', 'y'], OKP: ['crv', 'x'] }[
        jwks.keys[0].kty as 'RSA'
      ];
      expect(Object.keys(jwks.keys[0]).sort()).toEqual(['kty', 'use', 'alg', 'kid', ...members].sort());
      const verified = await jwtVerify(body.access_token, createLocalJWKSet(jwks), {
        issuer: ISSUER,
        audience: ISSUER,
        typ: 'at+jwt',
      });
      expect(verified.payload.sub).toBe('user-1');
    }
    await app.close();
  });

  it('with keys from the secret, an application publishes none', async () => {
    const app = await startTestApp({ adapter, options: { keys: 'secret' } });
    const { body, headers } = await jwksOf(app);
    expect(body).toEqual({ keys: [] });
    expect(headers.get('cache-control')).not.toContain('no-store');
    await app.close();
  });

  describe('of one key', () => {
    let app: TestApp;
    let who: { id: string; sub: string; sep: number };
    const keys: KeyOption[] = [
      { alg: 'ES256', kid: 'ec', privateKey: pem(ec.privateKey) },
      { alg: 'RS256', kid: 'rsa', privateKey: pem(rsa.privateKey), state: 'next' },
    ];
    beforeAll(async () => {
      app = await start(keys);
      const { body, id } = await signIn(app, 'tokens');
      who = { id, sub: 'user-1', sep: claimsOf(body.access_token)['sep'] };
    });
    afterAll(() => app.close());

    it('are not taken for those of another: HMAC under any form of the public key', async () => {
      for (const [kid, key] of [
        ['ec', ec.publicKey],
        ['rsa', rsa.publicKey],
      ] as const) {
        const spki = key.export({ type: 'spki', format: 'pem' }).toString();
        const der = key.export({ type: 'spki', format: 'der' });
        const jwk = key.export({ format: 'jwk' });
        const forms: (string | Buffer)[] = [
          spki,
          spki.trim(),
          `\n${spki}`,
          ` ${spki} `,
          spki.replaceAll('\n', '\r\n'),
          spki.replaceAll(/-----.*-----|\n/g, ''),
          der,
          der.toString('base64'),
          JSON.stringify(jwk),
          Buffer.from(String(jwk.x ?? jwk.n), 'base64url'),
          String(jwk.x ?? jwk.n),
          '',
        ];
        for (const secret of forms) {
          for (const [alg, hash] of [
            ['HS256', 'sha256'],
            ['HS384', 'sha384'],
            ['HS512', 'sha512'],
          ] as const)
            expect(
              await statusOf(app, signHmac({ alg, kid, typ: 'at+jwt' }, goodClaims(who), secret, hash)),
            ).toBe(401);
        }
      }
    });

    it('is bound to it: the same RSA key under PS256, another key under the same kid', async () => {
      const good = signAsymmetric(
        'RS256',
        { alg: 'RS256', kid: 'rsa', typ: 'at+jwt' },
        goodClaims(who),
        rsa.privateKey,
      );
      expect(await statusOf(app, good)).toBe(200);
      const pss = signAsymmetric(
        'PS256',
        { alg: 'PS256', kid: 'rsa', typ: 'at+jwt' },
        goodClaims(who),
        rsa.privateKey,
      );
      expect(await statusOf(app, pss)).toBe(401);
      const other = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
      const forged = signAsymmetric(
        'ES256',
        { alg: 'ES256', kid: 'ec', typ: 'at+jwt' },
        goodClaims(who),
        other,
      );
      expect(await statusOf(app, forged)).toBe(401);
      const crossed = signAsymmetric(
        'ES256',
        { alg: 'ES256', kid: 'rsa', typ: 'at+jwt' },
        goodClaims(who),
        ec.privateKey,
      );
      expect(await statusOf(app, crossed)).toBe(401);
    });

    it('of ES256 is of one form: not DER, not empty, not zero', async () => {
      const header = { alg: 'ES256', kid: 'ec', typ: 'at+jwt' };
      const good = signAsymmetric('ES256', header, goodClaims(who), ec.privateKey);
      expect(await statusOf(app, good)).toBe(200);
      const input = good.slice(0, good.lastIndexOf('.'));
      for (const signature of [
        Buffer.alloc(64),
        Buffer.alloc(64, 255),
        Buffer.alloc(1),
        Buffer.alloc(72, 48),
      ])
        expect(await statusOf(app, `${input}.${signature.toString('base64url')}`)).toBe(401);
    });
  });

  it('of a key in its life: next and retired keys verify, one signs', async () => {
    const [one, two] = [
      pem(ec.privateKey),
      pem(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey),
    ];
    const publicOne = ec.publicKey.export({ type: 'spki', format: 'pem' }).toString();
    const kidOf = (token: string) =>
      JSON.parse(Buffer.from(token.split('.')[0]!, 'base64url').toString()).kid;
    const claims = { iat: Math.floor(Date.now() / 1000) };
    const before = await start([
      { alg: 'ES256', kid: 'one', privateKey: one },
      { alg: 'ES256', kid: 'two', privateKey: two, state: 'next' },
    ]);
    const first = (await signIn(before, 'tokens')).body.access_token;
    expect(kidOf(first)).toBe('one');
    expect((await jwksOf(before)).body.keys.map((key: { kid: string }) => key.kid)).toEqual(['one', 'two']);
    await before.close();
    const after = await start([
      { alg: 'ES256', kid: 'one', publicKey: publicOne, state: 'retired' },
      { alg: 'ES256', kid: 'two', privateKey: two },
    ]);
    const { body, id } = await signIn(after, 'tokens');
    expect(kidOf(body.access_token)).toBe('two');
    const who = { id, sub: 'user-1', sep: claimsOf(body.access_token)['sep'] };
    const old = (kid: string, key: string) =>
      signAsymmetric(
        'ES256',
        { alg: 'ES256', kid, typ: 'at+jwt' },
        goodClaims(who, claims),
        createPrivateKey(key),
      );
    expect(await statusOf(after, old('one', one))).toBe(200);
    await after.close();
    const gone = await start([{ alg: 'ES256', kid: 'two', privateKey: two }]);
    const again = await signIn(gone, 'tokens');
    const now = { id: again.id, sub: 'user-1', sep: claimsOf(again.body.access_token)['sep'] };
    const late = signAsymmetric(
      'ES256',
      { alg: 'ES256', kid: 'one', typ: 'at+jwt' },
      goodClaims(now),
      createPrivateKey(one),
    );
    expect(await statusOf(gone, late)).toBe(401);
    expect(await statusOf(gone, again.body.access_token)).toBe(200);
    await gone.close();
  });
});
