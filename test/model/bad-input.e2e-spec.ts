import { describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { MemoryRefreshTokenFamilyStore, MemorySubjectStore } from 'nestjs-aerie/testing';
import { DerivedKeys } from '../../libs/auth/src/crypto/derived-keys.js';
import { RefreshTokenCodec } from '../../libs/auth/src/refresh-tokens/refresh-token-codec.js';
import { RefreshTokenService } from '../../libs/auth/src/refresh-tokens/refresh-token.service.js';
import { OPTIONS } from './model-options.js';

const REQUESTER = { ip: null, userAgent: null };
const codecOf = (secret: string) =>
  new RefreshTokenCodec(new DerivedKeys([secret], 'https://model.example.com'));
const OURS = 'our own secret, thirty-two bytes long at the least';

/** I7. With the real codec: whatever is not a token of ours is refused before the store hears of it. */
describe('bad input', () => {
  const clock = { now: () => 1_700_000_000_000 };
  const calls: string[] = [];
  const store = new Proxy(new MemoryRefreshTokenFamilyStore(new MemorySubjectStore(clock), clock), {
    get(target, member: string) {
      const value: unknown = Reflect.get(target, member);
      if (typeof value !== 'function') return value;
      return (...args: unknown[]) => {
        calls.push(member);
        return Reflect.apply(value, target, args) as unknown;
      };
    },
  });
  const codec = codecOf(OURS);
  const service = new RefreshTokenService(store, codec, OPTIONS, { record: () => {} });
  const refresh = async (value: unknown) => {
    const token = service.parse(value, REQUESTER);
    return service.rotate(token, await service.read(token, REQUESTER), null, REQUESTER);
  };

  const { token } = codec.fresh(randomUUID(), 3);
  const bad: readonly unknown[] = [
    undefined,
    null,
    '',
    0,
    true,
    [token],
    { token },
    '\0',
    `${token}\0`,
    `${token}=`,
    ` ${token}`,
    token.slice(0, -1),
    token.slice(4),
    `RT1_${token.slice(4)}`,
    token.replaceAll('_', '/'),
    'rt1_'.padEnd(token.length, 'A'),
    'x'.repeat(1_048_576),
    codecOf('the secret of somebody else, thirty-two bytes or more').fresh(randomUUID(), 3).token,
    ...Array.from({ length: 68 * 8 }, (_, bit) => {
      const bytes = Buffer.from(token.slice(4), 'base64url');
      bytes[bit >> 3]! ^= 1 << (bit & 7);
      return `rt1_${bytes.toString('base64url')}`;
    }),
  ];

  it('costs no call of the store', async () => {
    for (const value of bad) await expect(refresh(value)).rejects.toMatchObject({ reason: 'malformed' });
    expect(bad.length).toBeGreaterThan(500);
    expect(calls).toEqual([]);
  });

  it('would be seen to cost one: a token of ours that leads nowhere is read for', async () => {
    await expect(refresh(token)).rejects.toMatchObject({ reason: 'unknown' });
    expect(calls).toEqual(['read']);
  });
});
