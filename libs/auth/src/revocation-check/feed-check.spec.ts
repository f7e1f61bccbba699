import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { AccessTokenRevokedError, StoreUnavailableError } from '../errors/auth-error.js';
import { AuthCounters } from '../audit/auth-counters.js';
import { Clock } from '../time/clock.js';
import { StoreClock } from '../time/store-clock.js';
import type { RevocableToken } from '../revocation/revocation-index.js';
import { AccessTokenCheck } from './revocation-check.js';
import type { RevocationEvent } from '../revocation/revocation-event.js';
import { RevocationLog, type RevocationLogReading } from '../revocation/revocation-log.js';
import { RevocationLogReader } from '../revocation/revocation-log-reader.js';
import { ACCESS_TOKEN_RULES, FeedCheck } from './feed-check.js';
import { RevocationFeed } from '../revocation/revocation-feed.js';

const STALE_MS = 1_000;
const DATABASE_MS = 2_000;
const NOW = 1_800_000_000_000;

class HandClock extends Clock {
  steady = 0;
  now = (): number => NOW;
  monotonic = (): number => this.steady;
}

/** A database that answers, or hangs until its deadline. */
class HandLog extends RevocationLog {
  hangs = false;
  rows: RevocationEvent[] = [gone];
  hangsFor = DATABASE_MS;
  readAfter = (): Promise<RevocationLogReading> => this.read();
  readOf = (): Promise<RevocationLogReading> => this.read();
  private async read(): Promise<RevocationLogReading> {
    if (!this.hangs) return { revocations: this.rows, now: NOW };
    await new Promise((late) => setTimeout(late, this.hangsFor));
    throw new StoreUnavailableError();
  }
}
const gone = {
  id: 1,
  kind: 'sign_in',
  value: 'gone',
  epoch: null,
  createdAt: 0,
  expiresAt: Infinity,
} as const;

class AskedCheck extends AccessTokenCheck {
  readonly asked: (number | null)[] = [];
  cachedAsGood = (): boolean => false;
  check = async (_token: RevocableToken, maxStalenessMs: number | null): Promise<void> => {
    this.asked.push(maxStalenessMs);
  };
}

const token = (signInId: string): RevocableToken => ({
  id: 'jti',
  subjectEpoch: 1,
  globalEpoch: 0,
  generation: null,
  principal: { id: 'ada', signInId },
});

describe('access tokens while the feed is stale', () => {
  let clock: HandClock;
  let log: HandLog;
  let feed: RevocationFeed;
  let lookupCheck: AskedCheck;
  beforeEach(async () => {
    Logger.overrideLogger(false);
    jest.useFakeTimers();
    clock = new HandClock();
    log = new HandLog();
    lookupCheck = new AskedCheck();
    const limits = { pollIntervalMs: 60_000, maxStalenessMs: STALE_MS, maxEntries: 1_000 };
    const reader = new RevocationLogReader(log, 1_000, clock);
    feed = new RevocationFeed(reader, limits, clock, new StoreClock(clock), null, new AuthCounters());
    await feed.start();
    clock.steady += STALE_MS + 1;
  });
  afterEach(async () => {
    const stopped = feed.stop();
    await jest.advanceTimersByTimeAsync(DATABASE_MS);
    await stopped;
    jest.useRealTimers();
  });

  const feedCheck = (onUnavailable: 'refuse' | 'lookup' | 'allow') =>
    new FeedCheck(feed, ACCESS_TOKEN_RULES, lookupCheck, onUnavailable, new AuthCounters());
  /** What came of it, once so much time has passed. */
  async function settledAfter(ms: number, checked: Promise<void>): Promise<string> {
    let settled = 'waits';
    checked.then(
      () => (settled = 'admitted'),
      (error: unknown) => (settled = (error as Error).constructor.name),
    );
    await jest.advanceTimersByTimeAsync(ms);
    return settled;
  }

  it.each(['refuse', 'lookup', 'allow'] as const)('%s: one poll makes it fresh', async (onUnavailable) => {
    await feedCheck(onUnavailable).check(token('alive'), null);
    expect(lookupCheck.asked).toEqual([]);
  });

  it('refuse: a database that hangs is waited for once', async () => {
    log.hangs = true;
    const checked = feedCheck('refuse').check(token('alive'), null);
    expect(await settledAfter(DATABASE_MS - 1, checked)).toBe('waits');
    expect(await settledAfter(1, checked)).toBe(StoreUnavailableError.name);
  });

  it('refuse: a poll that takes long is waited for for 2 s, then the table is asked', async () => {
    log.hangs = true;
    log.hangsFor = 60_000;
    const checked = feedCheck('refuse').check(token('alive'), null);
    expect(await settledAfter(1_999, checked)).toBe('waits');
    expect(await settledAfter(1, checked)).toBe('admitted');
    expect(lookupCheck.asked).toEqual([null]);
    log.hangs = false;
    await jest.advanceTimersByTimeAsync(60_000);
  });

  it.each([
    ['lookup', null],
    ['refuse', 100],
    ['allow', 100],
  ] as const)('%s, and a route that asks for %s ms: the table is asked after 500 ms', async (how, asks) => {
    log.hangs = true;
    const checked = feedCheck(how).check(token('alive'), asks);
    expect(await settledAfter(499, checked)).toBe('waits');
    expect(await settledAfter(1, checked)).toBe('admitted');
    expect(lookupCheck.asked).toEqual([asks]);
  });

  it('allow: a poll is waited for before anybody is admitted at a risk; what is known to have ended is refused', async () => {
    log.hangs = true;
    const checked = feedCheck('allow').check(token('alive'), null);
    expect(await settledAfter(DATABASE_MS - 1, checked)).toBe('waits');
    expect(await settledAfter(1, checked)).toBe('admitted');
    await expect(feedCheck('allow').check(token('gone'), null)).rejects.toThrow(AccessTokenRevokedError);
  });

  it('refuse: with more than fits no request waits while all of it is read again', async () => {
    log.rows = Array.from({ length: 1_001 }, (_, i) => ({ ...gone, id: i + 1, value: `gone ${i}` }));
    feed.changedHere();
    await feed.freshen();
    expect(feed.status().overflowing).toBe(true);
    log.hangs = true;
    clock.steady += 60_000;
    void feed.freshen();
    expect(await settledAfter(0, feedCheck('refuse').check(token('alive'), null))).toBe('admitted');
    expect(lookupCheck.asked).toEqual([null]);
  });

  it("'0s': what memory knows to have ended needs no query, the rest is asked of the table", async () => {
    const check = feedCheck('refuse');
    const one = { ...gone, id: 2, kind: 'token', value: 'jti' } as const;
    await check.check(token('alive'), 0);
    expect(lookupCheck.asked).toEqual([0]);
    await expect(check.check(token('gone'), 0)).rejects.toThrow(AccessTokenRevokedError);
    feed.index.add(one);
    await expect(check.check(token('alive'), 0)).rejects.toThrow(AccessTokenRevokedError);
    await check.check({ ...token('alive'), id: 'another' }, 0);
    expect(lookupCheck.asked).toEqual([0, 0]);
  });

  it.each(['lookup', 'allow'] as const)('%s: while polls fail no request waits for one', async (how) => {
    log.hangs = true;
    await settledAfter(DATABASE_MS, feed.freshen().then());
    // Long enough ago for another one.
    clock.steady += 60_000;
    void feed.freshen();
    expect(await settledAfter(0, feedCheck(how).check(token('alive'), null))).toBe('admitted');
  });
});
