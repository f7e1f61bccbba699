import { createHash, createHmac, hkdfSync, randomUUID } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { DerivedKeys } from '../crypto/derived-keys.js';
import { attemptHash, RefreshTokenCodec } from './refresh-token-codec.js';

const ISSUER = 'https://api.example.com';
const OLD = 'the old secret, thirty-two bytes long at the least';
const NEW = 'the new secret, thirty-two bytes long at the least';
const codecOf = (...secrets: string[]) => new RefreshTokenCodec(new DerivedKeys(secrets, ISSUER));
const keyOf = (secret: string, purpose: string, issuer = ISSUER) =>
  Buffer.from(hkdfSync('sha256', secret, '', `nestjs-aerie|v1|${purpose}|${issuer}`, 32));
const bytesOf = (token: string) => Buffer.from(token.slice(4), 'base64url');
const parsed = (codec: RefreshTokenCodec, token: string) => {
  const found = codec.parse(token);
  if (!found) throw new Error('not parsed');
  return found;
};

describe('RefreshTokenCodec', () => {
  const codec = codecOf(OLD);
  const id = randomUUID();

  it('writes rt1_ and family, generation, secret and tag', () => {
    const { token, hash, familyId, generation, salt } = codec.fresh(id, 258);
    expect(token).toMatch(/^rt1_[\w-]{91}$/);
    const bytes = bytesOf(token);
    expect(bytes).toHaveLength(68);
    expect(bytes.subarray(0, 16).toString('hex')).toBe(id.replaceAll('-', ''));
    expect(bytes.readUInt32BE(16)).toBe(258);
    const tag = createHmac('sha256', keyOf(OLD, 'refresh-tag'))
      .update(Buffer.concat([Buffer.from('rt1'), bytes.subarray(0, 52)]))
      .digest();
    expect(bytes.subarray(52)).toEqual(tag.subarray(0, 16));
    expect(hash).toBe(createHash('sha256').update(token).digest('hex'));
    expect([familyId, generation]).toEqual([id, 258]);
    expect(salt).toMatch(/^[0-9a-f]{32}$/);
  });

  it('draws a secret of chance for a fresh token', () => {
    const secrets = Array.from({ length: 50 }, () =>
      bytesOf(codec.fresh(id, 0).token).subarray(20, 52).toString('hex'),
    );
    expect(new Set(secrets).size).toBe(50);
  });

  it('reads what it wrote', () => {
    const { token, hash } = codec.fresh(id, 3);
    expect(codec.parse(token)).toEqual({ token, hash, familyId: id, generation: 3 });
  });

  it('reads nothing that has a bit changed, wherever it is', () => {
    const { token } = codec.fresh(id, 3);
    for (let at = 0; at < 68; at++) {
      for (let bit = 0; bit < 8; bit++) {
        const bytes = bytesOf(token);
        bytes[at]! ^= 1 << bit;
        expect(codec.parse(`rt1_${bytes.toString('base64url')}`)).toBeUndefined();
      }
    }
  });

  it('reads nothing of another form', () => {
    const { token } = codec.fresh(id, 3);
    for (const value of [
      token.slice(0, -1),
      `${token}A`,
      `${token}=`,
      ` ${token}`,
      `${token}\n`,
      token.slice(4),
      token.toUpperCase(),
      token.replace('rt1_', 'rt2_'),
      token.replace('rt1_', 's2_'),
      '',
      'rt1_',
      `rt1_${'\0'.repeat(91)}`,
      'A'.repeat(1_048_576),
      null,
      undefined,
      0,
      true,
      [token],
      { token },
      Buffer.from(token),
      new String(token),
    ]) {
      expect(codec.parse(value)).toBeUndefined();
    }
  });

  it('reads no token of another secret, nor of another issuer that has the same one', () => {
    const { token } = codec.fresh(id, 0);
    expect(codecOf(NEW).parse(token)).toBeUndefined();
    const elsewhere = new RefreshTokenCodec(new DerivedKeys([OLD], 'https://other.example.com'));
    expect(elsewhere.parse(token)).toBeUndefined();
  });

  it('derives a successor from the parent, the salt and a key of its own', () => {
    const parent = codec.fresh(id, 0);
    const { token, generation, familyId, salt } = codec.successor(parent);
    expect([generation, familyId]).toEqual([1, id]);
    const next = Buffer.alloc(4);
    next.writeUInt32BE(1);
    const secret = createHmac('sha256', keyOf(OLD, 'refresh-next'))
      .update(
        Buffer.concat([
          Buffer.from('next'),
          bytesOf(parent.token).subarray(0, 16),
          next,
          bytesOf(parent.token).subarray(20, 52),
          Buffer.from(salt, 'hex'),
        ]),
      )
      .digest();
    expect(bytesOf(token).subarray(20, 52)).toEqual(secret);
    expect(codec.parse(token)).toBeDefined();
  });

  it('never derives the same successor twice: each attempt has a salt of its own', () => {
    const parent = codec.fresh(id, 0);
    const made = Array.from({ length: 20 }, () => codec.successor(parent).token);
    expect(new Set(made).size).toBe(20);
  });

  it('derives the same again from the salt that the row kept', () => {
    const parent = codec.fresh(id, 0);
    const successor = codec.successor(parent);
    const again = codec.rederive(parsed(codec, parent.token), successor.salt, successor.hash);
    expect(again?.token).toBe(successor.token);
  });

  it('derives nothing without the parent, the salt, the key, or for another current token', () => {
    const parent = codec.fresh(id, 0);
    const successor = codec.successor(parent);
    const other = codec.successor(parent);
    expect(codec.rederive(parent, other.salt, successor.hash)).toBeUndefined();
    expect(codec.rederive(parent, successor.salt, other.hash)).toBeUndefined();
    expect(codec.rederive(codec.fresh(id, 0), successor.salt, successor.hash)).toBeUndefined();
    expect(codec.rederive(codec.successor(parent), successor.salt, successor.hash)).toBeUndefined();
    expect(codecOf(NEW).rederive(parent, successor.salt, successor.hash)).toBeUndefined();
    expect(codec.rederive(parent, '', successor.hash)).toBeUndefined();
    expect(codec.rederive(parent, successor.salt, '')).toBeUndefined();
  });

  it('while a secret is rolled, reads and derives under each, and writes under the first', () => {
    const deployments = [codecOf(OLD), codecOf(OLD, NEW), codecOf(NEW, OLD)];
    const [first, second, third] = deployments as [RefreshTokenCodec, RefreshTokenCodec, RefreshTokenCodec];
    const parent = first.fresh(id, 0);
    for (const maker of deployments) {
      const successor = maker.successor(parsed(maker, parent.token));
      for (const reader of [second, third]) {
        expect(reader.parse(successor.token)?.hash).toBe(successor.hash);
        const again = reader.rederive(parsed(reader, parent.token), successor.salt, successor.hash);
        expect(again?.token).toBe(successor.token);
      }
    }
    expect(first.parse(second.fresh(id, 0).token)).toBeDefined();
    expect(first.parse(third.fresh(id, 0).token)).toBeUndefined();
    expect(codecOf(NEW).parse(parent.token)).toBeUndefined();
  });
});

describe('attemptHash', () => {
  const codec = codecOf(OLD);

  it('is bound to the key, to the token and to the family', () => {
    const parent = codec.fresh(randomUUID(), 0);
    const key = 'a-key-of-sixteen-letters';
    const made = [
      attemptHash(parent, key),
      attemptHash(parent, `${key}2`),
      attemptHash(codec.successor(parent), key),
      attemptHash(codec.fresh(randomUUID(), 0), key),
    ];
    expect(new Set(made).size).toBe(4);
    expect(attemptHash(parent, key)).toBe(made[0]);
    expect(made[0]).toMatch(/^[0-9a-f]{64}$/);
  });
});
