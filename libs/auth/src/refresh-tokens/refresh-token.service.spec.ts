import { describe, expect, it } from '@jest/globals';
import { DerivedKeys } from '../crypto/derived-keys.js';
import type { Requester } from '../principal/requester.js';
import { MemoryRefreshTokenFamilyStore } from '../testing/memory/memory-refresh-token-family-store.js';
import { MemorySubjectStore } from '../testing/memory/memory-subject-store.js';
import { RefreshTokenCodec } from './refresh-token-codec.js';
import { RefreshTokenService } from './refresh-token.service.js';

const OPTIONS = {
  idleMs: 86_400_000,
  absoluteMs: 86_400_000,
  replayWindowMs: 30_000,
  lateRetryMs: 0,
  onReuse: 'revoke-family',
  replayBinding: 'none',
  acceptAheadUntil: null,
} as const;

describe('RefreshTokenService', () => {
  it('takes the age of a parent at its arrival, however long the directory takes to answer', async () => {
    let now = 1_700_000_000_000;
    const clock = { now: () => now };
    const subjects = new MemorySubjectStore(clock);
    const store = new MemoryRefreshTokenFamilyStore(subjects, clock);
    const codec = new RefreshTokenCodec(new DerivedKeys(['a secret of thirty-two bytes or more'], 'issuer'));
    const service = new RefreshTokenService(store, codec, OPTIONS, { record: () => {} });
    const arriving = (): Requester => {
      const arrived = now;
      return { ip: null, userAgent: null, waitedMs: () => now - arrived };
    };

    const epochs = await subjects.epochs('alice');
    const opening = { epochs, methods: ['pwd'], scopes: null, label: null, limit: null };
    const { token } = (await service.open(opening, arriving()))!;
    const parent = service.parse(token, arriving());
    const { row } = await service.read(parent, arriving());
    await service.rekey(parent, row, { methods: ['otp'] }, arriving());

    now += OPTIONS.replayWindowMs + 1;
    const late = arriving();
    const reading = await service.read(parent, late);
    now += 5_000;
    await expect(service.rotate(parent, reading, null, late)).rejects.toMatchObject({ reason: 'reused' });
  });
});
