import { describe, expect, it } from '@jest/globals';
import { createCipheriv, type KeyObject, randomBytes } from 'node:crypto';
import { DerivedKeys } from '../crypto/derived-keys.js';
import { issuerOfSeal, PrivateKeyEncryption } from './private-key-encryption.js';
import type { FormerIssuer } from '../validation/former-issuers.js';
import { generateSigningKey } from './signing-key.js';

const ISSUER = 'https://api.example.com';
const [OLD, NEW] = ['o'.repeat(32), 'n'.repeat(32)];
const sealingOf = (secrets: string[], issuer = ISSUER, former: FormerIssuer[] = []) =>
  new PrivateKeyEncryption(new DerivedKeys(secrets, issuer, former, { now: () => 100 }));
const { privateKey } = await generateSigningKey('ES256');
const bound = { id: 1, kid: 'kid', alg: 'ES256', beginsAt: 5 };

/** As 0.1 sealed: bound neither to when the key begins, nor by name to its issuer. */
function sealedBy01(secret: string, issuer: string, key: KeyObject, { id, kid, alg }: typeof bound): string {
  const iv = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', new DerivedKeys([secret], issuer).of('signing-key')[0], iv);
  cipher.setAAD(Buffer.from(JSON.stringify(['signing-key', id, kid, alg])));
  const sealed = [cipher.update(key.export({ type: 'pkcs8', format: 'der' })), cipher.final()];
  return `sk1_${Buffer.concat([iv, ...sealed, cipher.getAuthTag()]).toString('base64url')}`;
}

describe('PrivateKeyEncryption', () => {
  it('opens what it sealed, and shows nothing of it', () => {
    const sealed = sealingOf([OLD]).seal(privateKey, bound);
    const opened = sealingOf([OLD]).open(sealed, bound)!;
    expect(opened.isCurrent).toBe(true);
    expect(opened.privateKey.equals(privateKey)).toBe(true);
    const { d } = privateKey.export({ format: 'jwk' });
    expect(
      Buffer.from(sealed.slice(4).split('.')[0]!, 'base64url').includes(Buffer.from(d!, 'base64url')),
    ).toBe(false);
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

  it('says for whom it is sealed, and opens for a former issuer until its time is over', () => {
    const sealed = sealingOf([OLD]).seal(privateKey, bound);
    expect(issuerOfSeal(sealed)).toBe(ISSUER);
    const moved = (until: number) =>
      sealingOf([NEW, OLD], 'https://new.example.com', [{ issuer: ISSUER, until }]);
    expect(moved(101).open(sealed, bound)).toMatchObject({ isCurrent: false });
    expect(moved(100).open(sealed, bound)).toBeUndefined();
    const sealedAnew = moved(101).seal(privateKey, bound);
    expect(issuerOfSeal(sealedAnew)).toBe('https://new.example.com');
    expect(moved(100).open(sealedAnew, bound)?.isCurrent).toBe(true);
  });

  it('of 0.1 opens, and is to be sealed anew', () => {
    const sealed = sealedBy01(OLD, ISSUER, privateKey, bound);
    expect(sealingOf([OLD]).open(sealed, bound)).toMatchObject({ isCurrent: false });
    expect(sealingOf([OLD]).open(sealed, { ...bound, id: 2 })).toBeUndefined();
    expect(issuerOfSeal(sealed)).toBeUndefined();
  });

  it('is bound to its row', () => {
    const sealed = sealingOf([OLD]).seal(privateKey, bound);
    for (const other of [{ id: 2 }, { kid: 'other' }, { alg: 'EdDSA' }, { beginsAt: 6 }])
      expect(sealingOf([OLD]).open(sealed, { ...bound, ...other })).toBeUndefined();
  });

  it('does not open when any byte was altered, or when it is no seal', () => {
    const sealing = sealingOf([OLD]);
    const [seal, issuer] = sealing.seal(privateKey, bound).slice(4).split('.');
    const bytes = Buffer.from(seal!, 'base64url');
    for (let i = 0; i < bytes.length; i++) {
      const altered = Buffer.from(bytes);
      altered[i]! ^= 1;
      expect(sealing.open(`sk2_${altered.toString('base64url')}.${issuer}`, bound)).toBeUndefined();
    }
    for (const text of [
      '',
      'sk2_',
      'sk2_AAAA',
      `sk1_${seal}.${issuer}`,
      `sk1_${seal}`,
      `sk2_${seal}`,
      `sk2_${seal}.`,
      `sk2_${seal}.AA`,
      `sk2_${seal}.${issuer}.`,
      `sk3_${seal}.${issuer}`,
      `sk2_${'A'.repeat(38)}.${issuer}`,
    ])
      expect(sealing.open(text, bound)).toBeUndefined();
  });
});
