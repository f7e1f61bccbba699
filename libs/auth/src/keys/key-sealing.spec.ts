import { describe, expect, it } from '@jest/globals';
import { DerivedKeys } from '../crypto/derived-keys.js';
import { KeySealing } from './key-sealing.js';
import { makeKey } from './made-key.js';

const ISSUER = 'https://api.example.com';
const [OLD, NEW] = ['o'.repeat(32), 'n'.repeat(32)];
const sealingOf = (secrets: string[], issuer = ISSUER) => new KeySealing(new DerivedKeys(secrets, issuer));
const { privateKey } = await makeKey('ES256');
const bound = { id: 1, kid: 'kid', alg: 'ES256' };

describe('KeySealing', () => {
  it('opens what it sealed, and shows nothing of it', () => {
    const sealed = sealingOf([OLD]).seal(privateKey, bound);
    const opened = sealingOf([OLD]).open(sealed, bound)!;
    expect(opened.isCurrent).toBe(true);
    expect(opened.privateKey.equals(privateKey)).toBe(true);
    const { d } = privateKey.export({ format: 'jwk' });
    expect(Buffer.from(sealed.slice(4), 'base64url').includes(Buffer.from(d!, 'base64url'))).toBe(false);
    expect(sealed).not.toBe(sealingOf([OLD]).seal(privateKey, bound));
  });

  it('opens under every secret of the list, and says whether the first did', () => {
    const sealed = sealingOf([OLD]).seal(privateKey, bound);
    expect(sealingOf([NEW, OLD]).open(sealed, bound)?.isCurrent).toBe(false);
    expect(sealingOf([OLD, NEW]).open(sealed, bound)?.isCurrent).toBe(true);
  });

  it('opens under no other secret, and for no other issuer', () => {
    const sealed = sealingOf([OLD]).seal(privateKey, bound);
    expect(sealingOf([NEW]).open(sealed, bound)).toBeUndefined();
    expect(sealingOf([OLD], 'https://other.example.com').open(sealed, bound)).toBeUndefined();
  });

  it('is bound to its row', () => {
    const sealed = sealingOf([OLD]).seal(privateKey, bound);
    for (const other of [{ id: 2 }, { kid: 'other' }, { alg: 'EdDSA' }])
      expect(sealingOf([OLD]).open(sealed, { ...bound, ...other })).toBeUndefined();
  });

  it('does not open when any byte was altered, or when it is no seal', () => {
    const sealing = sealingOf([OLD]);
    const bytes = Buffer.from(sealing.seal(privateKey, bound).slice(4), 'base64url');
    for (let i = 0; i < bytes.length; i++) {
      const altered = Buffer.from(bytes);
      altered[i]! ^= 1;
      expect(sealing.open(`sk1_${altered.toString('base64url')}`, bound)).toBeUndefined();
    }
    for (const text of [
      '',
      'sk1_',
      'sk1_AAAA',
      'sk2_' + bytes.toString('base64url'),
      `sk1_${'A'.repeat(38)}`,
    ])
      expect(sealing.open(text, bound)).toBeUndefined();
  });
});
