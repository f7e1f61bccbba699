import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { createSecretKey } from 'node:crypto';
import { AuthCounters } from '../audit/auth-counters.js';
import { DerivedKeys } from '../crypto/derived-keys.js';
import { SessionInvalidError, StoreUnavailableError } from '../errors/auth-error.js';
import type { RevocationEventKind } from '../revocation/revocation-event.js';
import type { ApplicationCache } from '../shared-cache/cache-options.js';
import { RevocationLogReader } from '../revocation/revocation-log-reader.js';
import { CacheCircuitBreaker } from '../shared-cache/cache-circuit-breaker.js';
import { RecordMac } from '../shared-cache/record-mac.js';
import { RevocationFeed } from '../revocation/revocation-feed.js';
import { SharedCache } from '../shared-cache/shared-cache.js';
import { MemoryRevocationLog } from '../testing/memory/memory-revocation-log.js';
import { StoreClock } from '../time/store-clock.js';
import { SessionNearCache } from './session-near-cache.js';
import type { SessionActivity } from './session-activity.js';
import { SessionResolver } from './session-resolver.js';
import type { SessionRow, SessionStore } from './session-store.js';
import { SessionTokenCodec } from './session-token.js';
import { readSessionCacheRecord } from './session-cache-record.js';

const T0 = 1_800_000_000_000;
const ID = '0b5a7a56-33c7-4a7e-9c86-0d6b2f7f5a11';

/** The log, behind a database that can be away. */
class AwayLog extends MemoryRevocationLog {
  away = false;
  override async readAfter(after: number, limit: number) {
    if (this.away) throw new StoreUnavailableError();
    return super.readAfter(after, limit);
  }
}

describe('a session from the shared cache', () => {
  let elapsed: number;
  const clock = { now: () => T0 + elapsed, monotonic: () => elapsed };
  const codec = new SessionTokenCodec(new DerivedKeys(['a secret of thirty-two bytes or more'], 'issuer'));
  const former = codec.fresh(ID);
  let log: AwayLog;
  let feed: RevocationFeed;
  let finder: SessionResolver;
  let shared: SharedCache<SessionRow>;

  beforeEach(async () => {
    Logger.overrideLogger(false);
    elapsed = 0;
    const counters = new AuthCounters();
    const storeClock = new StoreClock(clock);
    log = new AwayLog(clock);
    const limits = { pollIntervalMs: 1_000, maxStalenessMs: 5_000, maxEntries: 1_000 };
    feed = new RevocationFeed(
      new RevocationLogReader(log, 1_000, clock),
      limits,
      clock,
      storeClock,
      null,
      counters,
    );
    await feed.start();
    const kept = new Map<string, unknown>();
    const cache: ApplicationCache = {
      get: async (key) => kept.get(key),
      set: async (key, value) => kept.set(key, value),
      del: async (key) => kept.delete(key),
    };
    shared = new SharedCache('session', readSessionCacheRecord, {
      cache: new CacheCircuitBreaker(cache, clock, counters),
      mac: new RecordMac([createSecretKey(Buffer.alloc(32, 1))]),
      issuer: 'https://a.example',
      storeClock,
      counters,
    });
    // The table has another secret by now, or no live row.
    const store = { read: async () => null } as unknown as SessionStore;
    const activity = { note: () => undefined } as unknown as SessionActivity;
    const near = new SessionNearCache(feed, storeClock, 100, counters);
    finder = new SessionResolver(store, codec, near, shared, activity, feed, 5_000, storeClock, counters);
  });
  afterEach(async () => {
    await feed.stop();
    Logger.overrideLogger(['log', 'warn', 'error']);
  });

  /** What another node has read before, and the revocations of that moment. */
  async function recordedBefore(kind: RevocationEventKind): Promise<void> {
    const limits = { idleExpiresAt: T0 + 3_600_000, expiresAt: T0 + 3_600_000 };
    const epochs = { subjectEpoch: 1, globalEpoch: 0 };
    const times = { createdAt: T0, seenAt: T0, authenticatedAt: T0, revokedAt: null };
    const who = { id: ID, secretHash: former.secretHash, subject: 'ada', methods: [], scopes: null };
    shared.put(ID, { ...who, ...epochs, ...times, ...limits }, T0, shared.mark());
    elapsed += 1_000;
    log.write(kind, ID);
    await feed.freshen(1);
  }

  it.each(['sign_in', 'sign_in_changed'] as const)(
    'is not admitted against what is known (%s), though the feed is not fresh',
    async (kind) => {
      await recordedBefore(kind);
      // A change of this process's own, of somebody else, which it cannot read back.
      log.away = true;
      feed.changedHere();
      await expect(finder.resolve(former.token, null)).rejects.toThrow(SessionInvalidError);
    },
  );

  it('is not cached against what was known: a former cookie would live for five minutes', async () => {
    await recordedBefore('sign_in_changed');
    log.away = true;
    feed.changedHere();
    await finder.resolve(former.token, null).catch(() => undefined);
    log.away = false;
    for (let seconds = 0; seconds < 120; seconds += 2) {
      elapsed += 2_000;
      await feed.freshen(1);
    }
    expect(finder.cached(former.token, null)).toBeUndefined();
  });
});
