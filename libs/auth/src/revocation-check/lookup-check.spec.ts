import { beforeEach, describe, expect, it } from '@jest/globals';
import { createSecretKey } from 'node:crypto';
import { AuthCounters } from '../audit/auth-counters.js';
import { StoreUnavailableError } from '../errors/auth-error.js';
import { StoreClock } from '../time/store-clock.js';
import type { RevocableToken } from '../revocation/revocation-index.js';
import { type FamilyCacheRecord, readFamilyCacheRecord } from './family-cache-record.js';
import { CacheCircuitBreaker } from '../shared-cache/cache-circuit-breaker.js';
import { AccessTokenLookup } from './access-token-lookup.js';
import { LookupCheck } from './lookup-check.js';
import { RecordMac } from '../shared-cache/record-mac.js';
import { SharedCache } from '../shared-cache/shared-cache.js';
import { SignInLookup, type SignInStatus } from './sign-in-lookup.js';

const SECOND = 1_000;
const WINDOW = 30 * SECOND;
const T0 = 1_800_000_000_000;
const ID = '0b5a7a56-33c7-4a7e-9c86-0d6b2f7f5a11';

class Table extends SignInLookup {
  reads = 0;
  row: Omit<SignInStatus, 'now'> = {
    live: true,
    subjectEpochNow: 5,
    globalEpochNow: 2,
    rotation: { generation: 3, rotatedAt: T0, replayClosed: false },
    revokedTokens: [],
  };
  during: () => Promise<void> = async () => {};
  constructor(private readonly clock: { now(): number }) {
    super();
  }
  async find(): Promise<SignInStatus> {
    this.reads++;
    const read = { ...this.row, now: this.clock.now() };
    await this.during();
    return read;
  }
}

describe('LookupCheck of access tokens', () => {
  let elapsed: number;
  let stepped: number;
  let table: Table;
  let kept: Map<string, unknown>;
  let records: SharedCache<FamilyCacheRecord>;
  let check: LookupCheck<RevocableToken, SignInStatus>;
  let without: LookupCheck<RevocableToken, SignInStatus>;
  beforeEach(() => {
    elapsed = stepped = 0;
    const clock = { now: () => T0 + elapsed + stepped, monotonic: () => elapsed };
    table = new Table({ now: () => T0 + elapsed });
    kept = new Map();
    const cache = {
      get: async (key: string) => kept.get(key),
      set: async (key: string, value: unknown) => kept.set(key, value),
      del: async (key: string) => kept.delete(key),
    };
    const storeClock = new StoreClock(clock);
    const mac = new RecordMac([createSecretKey(Buffer.alloc(32, 1))]);
    const counters = new AuthCounters();
    const cached = new CacheCircuitBreaker(cache, clock, counters);
    const keeping = { cache: cached, mac, issuer: 'https://a.example', storeClock, counters };
    records = new SharedCache('family', readFamilyCacheRecord, keeping);
    const rules = { maxStalenessMs: 5 * SECOND, replayWindowMs: WINDOW };
    check = new LookupCheck(new AccessTokenLookup(table, rules, storeClock, counters, records));
    const never = { ...rules, replayWindowMs: null };
    without = new LookupCheck(new AccessTokenLookup(table, never, storeClock, counters));
  });

  const token = (changes: Partial<RevocableToken> = {}): RevocableToken => ({
    id: 'jti',
    subjectEpoch: 5,
    globalEpoch: 2,
    generation: 3,
    principal: { id: 'ada', signInId: ID },
    ...changes,
  });
  const codeOf = async (changes: Partial<RevocableToken> = {}, maxStalenessMs: number | null = null) =>
    check.check(token(changes), maxStalenessMs).then(
      () => 'OK',
      (error: { code: string }) => error.code,
    );
  const REVOKED = 'AUTH_ACCESS_TOKEN_REVOKED';
  const STALE = 'AUTH_ACCESS_TOKEN_STALE';

  it('asks the table once, and then the record for as long as the options say', async () => {
    for (const _again of [1, 2, 3]) expect(await codeOf()).toBe('OK');
    expect(table.reads).toBe(1);
    elapsed += 5 * SECOND + 1;
    expect(await codeOf()).toBe('OK');
    expect(table.reads).toBe(2);
  });

  it('asks the table alone where there is no cache', async () => {
    for (const _again of [1, 2, 3]) await without.check(token(), null);
    expect(table.reads).toBe(3);
  });

  it('goes by what the route says: 0 ms is the table, every time', async () => {
    await codeOf();
    for (const _again of [1, 2, 3]) expect(await codeOf({}, 0)).toBe('OK');
    expect(table.reads).toBe(4);
    elapsed += 2 * SECOND;
    await codeOf({}, SECOND);
    expect(table.reads).toBe(5);
  });

  it('refuses what ended elsewhere within what is asked, and at once with 0 ms', async () => {
    await codeOf();
    table.row = { ...table.row, live: false };
    expect(await codeOf()).toBe('OK');
    expect(await codeOf({}, 0)).toBe(REVOKED);
    elapsed += 5 * SECOND + 1;
    expect(await codeOf()).toBe(REVOKED);
  });

  it('never keeps what has ended, and never keeps what was read before an ending here', async () => {
    table.row = { ...table.row, live: false };
    expect(await codeOf()).toBe(REVOKED);
    expect(kept.size).toBe(0);
    table.row = { ...table.row, live: true };
    table.during = () => records.invalidate(ID);
    await codeOf();
    expect([...kept.values()]).toEqual(['ended']);
  });

  it.each<[string, Partial<SignInStatus>]>([
    ['a subject epoch that is no number', { subjectEpochNow: NaN }],
    ['a global epoch that is missing', { globalEpochNow: undefined as never }],
    ['a rotation that is missing', { rotation: null }],
    ['a generation that is no number', { rotation: { generation: NaN, rotatedAt: T0, replayClosed: false } }],
    ['an answer instead of a yes', { live: 'yes' as never }],
  ])('refuses, and keeps nothing, when a store answers %s', async (_, odd) => {
    table.row = { ...table.row, ...odd };
    expect([REVOKED, STALE]).toContain(await codeOf());
    expect(kept.size).toBe(0);
  });

  it('a record only admits: what it would refuse is asked of the table', async () => {
    await codeOf();
    // Changed by another node, and refreshed since: the record is the old one.
    table.row = { ...table.row, subjectEpochNow: 6 };
    expect(await codeOf({ subjectEpoch: 6 })).toBe('OK');
    expect(await codeOf({ subjectEpoch: 5 })).toBe(STALE);
    table.row = { ...table.row, globalEpochNow: 3 };
    expect(await codeOf({ subjectEpoch: 6, globalEpoch: 3 })).toBe('OK');
    expect(await codeOf({ subjectEpoch: 6, globalEpoch: 2 })).toBe(REVOKED);
  });

  it('refuses one token that was revoked, by the record and by the table, and no other', async () => {
    await codeOf();
    table.row = { ...table.row, revokedTokens: ['another', 'jti'] };
    // The record is the old one.
    expect([await codeOf(), await codeOf({}, 0)]).toEqual(['OK', REVOKED]);
    expect(await codeOf({ id: 'third' }, 0)).toBe('OK');
    const { reads } = table;
    expect(await codeOf({ id: 'third' })).toBe('OK');
    expect(table.reads).toBe(reads);
    expect(await codeOf()).toBe(REVOKED);
    await expect(without.check(token(), null)).rejects.toMatchObject({ code: REVOKED });
  });

  it.each([undefined, null, 'jti'])(
    'asks again later when a store names its revoked tokens so: %s',
    async (odd) => {
      table.row = { ...table.row, revokedTokens: odd as never };
      expect(await codeOf()).toBe('AUTH_STORE_UNAVAILABLE');
      expect(kept.size).toBe(0);
    },
  );

  it('believes no record that does not name them', async () => {
    const { revokedTokens: _none, ...former } = {
      subjectEpoch: 5,
      globalEpoch: 2,
      rotation: { generation: 3, rotatedAt: T0, replayClosed: false },
      revokedTokens: [],
    };
    expect(readFamilyCacheRecord({ ...former, revokedTokens: ['a'] })).not.toBeNull();
    for (const odd of [former, { ...former, revokedTokens: 'a' }, { ...former, revokedTokens: [7] }])
      expect(readFamilyCacheRecord(odd)).toBeNull();
  });

  it('throws what the table throws', async () => {
    table.during = async () => {
      throw new StoreUnavailableError();
    };
    expect(await codeOf()).toBe('AUTH_STORE_UNAVAILABLE');
  });

  describe('with rotations that end the previous access tokens', () => {
    it.each([
      ['its own generation', 3, 0, 'OK'],
      ['the parent inside the window', 2, WINDOW, 'OK'],
      ['the parent after the window', 2, WINDOW + 1, REVOKED],
      ['a grandparent inside the window', 1, 0, REVOKED],
      ['a token without a generation', null, WINDOW + 1, 'OK'],
      ['one that the database has forgotten', 4, WINDOW + 1, 'OK'],
      ['what is no number', NaN, 0, REVOKED],
    ])('%s', async (_, generation, passed, expected) => {
      elapsed += passed;
      expect(await codeOf({ generation }, 0)).toBe(expected);
      // And from a record that another token left there.
      await codeOf({}, null);
      expect(await codeOf({ generation }, null)).toBe(expected);
    });

    it('the parent of a family that was re-keyed is not excepted', async () => {
      table.row = { ...table.row, rotation: { ...table.row.rotation!, replayClosed: true } };
      expect(await codeOf({ generation: 2 })).toBe(REVOKED);
      await codeOf();
      expect(await codeOf({ generation: 2 })).toBe(REVOKED);
    });

    it('a token that is newer than the record shows that the record is old', async () => {
      await codeOf();
      table.row = { ...table.row, rotation: { generation: 4, rotatedAt: T0, replayClosed: false } };
      const { reads } = table;
      expect(await codeOf({ generation: 4 })).toBe('OK');
      expect(table.reads).toBe(reads + 1);
      expect(await codeOf({ generation: 2 })).toBe(REVOKED);
    });

    it('a clock of this process that steps ahead refuses no token: the table is asked, by its own clock', async () => {
      elapsed += WINDOW - 2 * SECOND;
      await codeOf();
      stepped = 4 * SECOND;
      expect(await codeOf({ generation: 2 })).toBe('OK');
      expect(table.reads).toBe(2);
    });

    it('without the option generations are not compared', async () => {
      await expect(without.check(token({ generation: 0 }), null)).resolves.toBeUndefined();
    });
  });
});
