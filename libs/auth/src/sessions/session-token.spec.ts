import { describe, expect, it } from '@jest/globals';
import { DerivedKeys } from '../crypto/derived-keys.js';
import { RefreshTokenCodec } from '../refresh-tokens/refresh-token-codec.js';
import { SESSION_TOKEN_LENGTH, SessionTokenCodec } from './session-token.js';

const ID = '0b5a7a56-33c7-4a7e-9c86-0d6b2f7f5a11';
const ISSUER = 'https://api.example.com';
const [OLD, NEW] = ['o'.repeat(32), 'n'.repeat(32)];
const codecOf = (secrets: string[], issuer = ISSUER) =>
  new SessionTokenCodec(new DerivedKeys(secrets, issuer));

describe('SessionTokenCodec', () => {
  it('reads what it made', () => {
    const made = codecOf([OLD]).fresh(ID);
    expect(made.token).toHaveLength(SESSION_TOKEN_LENGTH);
    expect(codecOf([OLD]).parse(made.token)).toEqual(made);
    expect(codecOf([OLD]).fresh(ID).secretHash).not.toBe(made.secretHash);
  });

  it('checks with every secret of the list, and with no other', () => {
    const { token } = codecOf([OLD]).fresh(ID);
    expect(codecOf([NEW, OLD]).parse(token)?.sessionId).toBe(ID);
    expect(codecOf([OLD, NEW]).parse(token)?.sessionId).toBe(ID);
    expect(codecOf([NEW]).parse(token)).toBeUndefined();
    expect(codecOf([OLD], 'https://other.example.com').parse(token)).toBeUndefined();
  });

  it('reads no token of which a bit was changed', () => {
    const codec = codecOf([OLD]);
    const bytes = Buffer.from(codec.fresh(ID).token.slice(3), 'base64url');
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const altered = Buffer.from(bytes);
      altered[bit >> 3]! ^= 1 << (bit & 7);
      expect(codec.parse(`s2_${altered.toString('base64url')}`)).toBeUndefined();
    }
  });

  it('takes no token of another purpose for its own', () => {
    const refresh = new RefreshTokenCodec(new DerivedKeys([OLD], ISSUER)).fresh(ID, 0).token;
    const codec = codecOf([OLD]);
    for (const value of [
      refresh,
      refresh.replace('rt1_', 's2_'),
      codec.fresh(ID).token.slice(3),
      null,
      [],
      1,
    ])
      expect(codec.parse(value)).toBeUndefined();
  });
});
