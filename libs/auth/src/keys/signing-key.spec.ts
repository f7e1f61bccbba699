import { createPublicKey, createSecretKey, generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { DerivedKeys } from '../crypto/derived-keys.js';
import { AuthConfigError } from '../errors/auth-config-error.js';
import { StoreUnavailableError } from '../errors/auth-error.js';
import type { KeyOption, SigningAlgorithm } from './key-options.js';
import { KeyRing, derivedSigningKeys } from './key-ring.js';
import { readSigningKey } from './signing-key.js';

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const weakRsa = generateKeyPairSync('rsa', { modulusLength: 1024 });
const oddRsa = generateKeyPairSync('rsa', { modulusLength: 2048, publicExponent: 3 });
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const p384 = generateKeyPairSync('ec', { namedCurve: 'P-384' });
const k256 = generateKeyPairSync('ec', { namedCurve: 'secp256k1' });
const ed = generateKeyPairSync('ed25519');
const x25519 = generateKeyPairSync('x25519');
const ed448 = generateKeyPairSync('ed448');
const LONG = 'an HMAC secret that is sixty-four bytes long, to be on the safe side';

function refusal(option: unknown): string {
  try {
    readSigningKey(option as KeyOption, 2);
  } catch (error) {
    expect(error).toBeInstanceOf(AuthConfigError);
    return (error as Error).message;
  }
  throw new Error('accepted');
}
const pemOf = (key: typeof ec.privateKey) => key.export({ type: 'pkcs8', format: 'pem' }).toString();
const spkiOf = (key: typeof ec.publicKey) => key.export({ type: 'spki', format: 'pem' }).toString();

describe('readSigningKey', () => {
  it.each<[SigningAlgorithm, number]>([
    ['HS256', 32],
    ['HS384', 48],
    ['HS512', 64],
  ])('%s: wants a secret of at least %d bytes, and never shows it', (alg, bytes) => {
    for (const secret of [undefined, '', 'hush', LONG.slice(0, bytes - 1), 1, null, {}]) {
      const message = refusal({ alg, kid: 'k', secret });
      expect(message).toMatch(new RegExp(`^"keys\\[2\\]\\.secret" must be .*at least ${bytes} bytes`));
      expect(message).not.toContain('hush');
      expect(message).not.toContain('HMAC');
    }
    expect(readSigningKey({ alg, kid: 'k', secret: LONG.slice(0, bytes) }, 0)).toMatchObject({
      alg,
      state: 'active',
    });
  });

  it('HS keys need a kid: nothing of a secret may be published', () => {
    expect(refusal({ alg: 'HS256', secret: LONG })).toContain('"keys[2].kid" must be given');
  });

  it.each<[string, SigningAlgorithm, typeof ec.privateKey]>([
    ['RSA under 2048 bits', 'RS256', weakRsa.privateKey],
    ['RSA under 2048 bits', 'PS256', weakRsa.privateKey],
    ['RSA of exponent 3', 'RS256', oddRsa.privateKey],
    ['an elliptic curve for RSA', 'RS256', ec.privateKey],
    ['an elliptic curve for RSA', 'PS256', ec.privateKey],
    ['RSA for an elliptic curve', 'ES256', rsa.privateKey],
    ['P-384', 'ES256', p384.privateKey],
    ['secp256k1', 'ES256', k256.privateKey],
    ['Ed25519 for ES256', 'ES256', ed.privateKey],
    ['P-256 for EdDSA', 'EdDSA', ec.privateKey],
    ['Ed448', 'EdDSA', ed448.privateKey],
    ['X25519', 'EdDSA', x25519.privateKey],
  ])('refuses %s (%s)', (_name, alg, privateKey) => {
    for (const form of [privateKey, pemOf(privateKey)]) {
      const message = refusal({ alg, privateKey: form });
      expect(message).toMatch(/^"keys\[2\]" must be .+ for \w+ \(got .+\)$/);
    }
  });

  it('refuses an algorithm that is not allowed', () => {
    for (const alg of [
      undefined,
      null,
      '',
      'none',
      'None',
      'hs256',
      'RS512',
      'ES384',
      1,
      ['HS256'],
      'constructor',
    ])
      expect(refusal({ alg, kid: 'k', secret: LONG })).toMatch(/^"keys\[2\]\.alg" must be one of /);
  });

  it('refuses a public key where a private one belongs, and the reverse', () => {
    const asPrivate = (privateKey: unknown) => refusal({ alg: 'ES256', privateKey });
    for (const key of [ec.publicKey, spkiOf(ec.publicKey), ec.publicKey.export({ format: 'jwk' })])
      expect(asPrivate(key)).toMatch(/^"keys\[2\]\.privateKey" must be a private key/);
    const asPublic = (publicKey: unknown) => refusal({ alg: 'ES256', state: 'retired', publicKey });
    for (const key of [ec.privateKey, pemOf(ec.privateKey), ec.privateKey.export({ format: 'jwk' })])
      expect(asPublic(key)).toMatch(/^"keys\[2\]\.publicKey" must be a public key/);
    expect(asPrivate(createSecretKey(Buffer.alloc(64)))).toContain('(got a secret key)');
  });

  it('follows what a JWK says that it is for (RFC 7517, 4.2 to 4.4)', () => {
    const jwk = ec.privateKey.export({ format: 'jwk' });
    const saying = (more: object) => ({ alg: 'ES256', privateKey: { ...jwk, ...more } }) as KeyOption;
    for (const more of [{ use: 'enc' }, { use: null }, { key_ops: ['deriveBits'] }, { key_ops: 'sign' }])
      expect(refusal(saying(more))).toMatch(/^"keys\[2\]\.privateKey" must be a key for signatures/);
    for (const alg of ['ECDH-ES', 'ES384', null])
      expect(refusal(saying({ alg }))).toMatch(/^"keys\[2\]\.privateKey" must be a key for ES256/);
    for (const more of [
      { use: 'sig' },
      { key_ops: ['sign'] },
      { key_ops: ['verify', 'sign'] },
      { alg: 'ES256' },
    ])
      expect(readSigningKey(saying(more), 0).signWith).not.toBeNull();
    const named = { ...ed.privateKey.export({ format: 'jwk' }), alg: 'Ed25519', key_ops: ['sign'] };
    expect(readSigningKey({ alg: 'EdDSA', privateKey: named as never }, 0).alg).toBe('EdDSA');
  });

  it('shows nothing of a key that it cannot read', () => {
    for (const privateKey of [
      'hush, no PEM',
      pemOf(ec.privateKey).replace('M', 'hush'),
      { kty: 'EC', d: 'hush' },
      {},
    ])
      expect(refusal({ alg: 'ES256', privateKey })).not.toContain('hush');
  });

  it('refuses two halves that do not belong together', () => {
    const other = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const message = refusal({ alg: 'ES256', privateKey: ec.privateKey, publicKey: other.publicKey });
    expect(message).toContain('must be the public half of');
  });

  it('needs the private half, but for a retired key', () => {
    for (const state of ['active', 'next', undefined])
      expect(refusal({ alg: 'ES256', ...(state && { state }), publicKey: ec.publicKey })).toContain(
        '"keys[2].privateKey" must be given',
      );
    expect(refusal({ alg: 'ES256', state: 'retired' })).toContain('"keys[2].privateKey" must be given');
    expect(
      readSigningKey({ alg: 'ES256', state: 'retired', publicKey: ec.publicKey }, 0).signWith,
    ).toBeNull();
  });

  it('refuses unknown kids, states and members', () => {
    const good = { alg: 'ES256', privateKey: ec.privateKey } as const;
    for (const kid of ['', 'a b', 'ä', 1, null, 'k'.repeat(129), 'a\n'])
      expect(refusal({ ...good, kid })).toMatch(/^"keys\[2\]\.kid" must be /);
    for (const state of ['Active', '', 1, true])
      expect(refusal({ ...good, state })).toMatch(/^"keys\[2\]\.state"/);
    expect(refusal({ ...good, use: 'sig' })).toMatch(/^"keys\[2\]\.use" must be left out/);
    expect(refusal({ ...good, secret: LONG })).toMatch(/^"keys\[2\]\.secret" must be left out/);
    expect(refusal({ alg: 'HS256', kid: 'k', secret: LONG, privateKey: 'x' })).toMatch(
      /"keys\[2\]\.privateKey" must be left out/,
    );
  });

  it('refuses what is no object, and does not show it: it may be a key', () => {
    for (const option of [null, [], 1, 'hush', pemOf(ec.privateKey)]) {
      const message = refusal(option);
      expect(message).toMatch(/^"keys\[2\]" must be an object/);
      expect(message).not.toContain('hush');
      expect(message).not.toContain('PRIVATE KEY');
    }
  });

  // That it is the right one: `test/interop/published-vectors.spec.ts`.
  it('names a key by its thumbprint, the same in every form', () => {
    const kids = [ec.privateKey, pemOf(ec.privateKey), ec.privateKey.export({ format: 'jwk' })].map(
      (privateKey) => readSigningKey({ alg: 'ES256', privateKey: privateKey as never }, 0).kid,
    );
    expect(new Set(kids).size).toBe(1);
    expect(kids[0]).not.toBe(readSigningKey({ alg: 'EdDSA', privateKey: ed.privateKey }, 0).kid);
  });
});

describe('KeyRing', () => {
  const derived = new DerivedKeys([LONG, `${LONG}2`], 'https://api.example.com');
  const ringOf = (...options: KeyOption[]) => new KeyRing(options.map(readSigningKey));
  const key = (kid: string, state?: KeyOption['state']): KeyOption => ({
    alg: 'ES256',
    kid,
    privateKey: ec.privateKey,
    ...(state && { state }),
  });

  it('wants exactly one key that signs, and kids that differ', () => {
    expect(() => ringOf(key('a', 'next'))).toThrow(AuthConfigError);
    expect(() => ringOf(key('a'), key('b'))).toThrow('exactly one key that is "active" (got 2)');
    expect(() => ringOf(key('a'), key('a', 'retired'))).toThrow('different kids');
    expect(ringOf(key('a'), key('b', 'next'), key('c', 'retired')).active.kid).toBe('a');
  });

  it('finds a key by its exact kid, and has no other', () => {
    const ring = ringOf(key('a'), key('b', 'retired'));
    expect(ring.find('b')?.kid).toBe('b');
    for (const kid of ['', 'A', 'c', '__proto__', 'constructor']) expect(ring.find(kid)).toBeUndefined();
  });

  it('tells when keys come or go, and not when one of them begins to sign', () => {
    const ring = ringOf(key('a'), key('b', 'next'));
    let changes = 0;
    ring.onChange(() => changes++);
    const [a, b] = [ring.find('a')!, ring.find('b')!];
    ring.replace([
      { ...a, state: 'retired' },
      { ...b, state: 'active' },
    ]);
    expect([ring.active.kid, changes]).toEqual(['b', 0]);
    ring.replace([{ ...b, state: 'active' }]);
    expect([ring.find('a'), changes]).toEqual([undefined, 1]);
    expect(ring.publicKeys().map(({ kid }) => kid)).toEqual(['b']);
  });

  it('signs nothing while its keys are not known', () => {
    const ring = new KeyRing(null);
    expect(() => ring.active).toThrow(StoreUnavailableError);
    expect([ring.find('a'), ring.publicKeys()]).toEqual([undefined, []]);
  });

  it('publishes public members alone', () => {
    const ring = ringOf(
      key('a'),
      { alg: 'RS256', kid: 'r', privateKey: rsa.privateKey, state: 'next' },
      { alg: 'HS256', kid: 'h', secret: LONG, state: 'retired' },
    );
    const published = ring.publicKeys();
    expect(published.map(({ kid }) => kid)).toEqual(['a', 'r']);
    for (const jwk of published) {
      for (const member of ['d', 'p', 'q', 'dp', 'dq', 'qi', 'k', 'oth'])
        expect(jwk).not.toHaveProperty(member);
      expect(createPublicKey({ key: jwk as never, format: 'jwk' }).type).toBe('public');
    }
  });

  it('without keys, signs under the first secret and verifies under all', () => {
    const ring = new KeyRing(derivedSigningKeys(derived));
    const second = new KeyRing(derivedSigningKeys(new DerivedKeys([`${LONG}2`], 'https://api.example.com')));
    expect(ring.active).toMatchObject({ alg: 'HS256', state: 'active' });
    expect(ring.find(second.active.kid)?.state).toBe('retired');
    expect(ring.publicKeys()).toEqual([]);
    const elsewhere = new KeyRing(derivedSigningKeys(new DerivedKeys([LONG], 'https://other.example.com')));
    expect(elsewhere.active.kid).not.toBe(ring.active.kid);
  });
});
