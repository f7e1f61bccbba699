import { afterEach, describe, expect, it } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { AuthCounters } from '../audit/auth-counters.js';
import { Clock } from '../time/clock.js';
import { StoreClock } from '../time/store-clock.js';
import type { RevocationEvent } from './revocation-event.js';
import { RevocationLog, type RevocationLogReading } from './revocation-log.js';
import { RevocationLogReader } from './revocation-log-reader.js';
import { ACCESS_TOKEN_RULES, FeedCheck } from '../revocation-check/feed-check.js';
import { RevocationFeed } from './revocation-feed.js';
import { RevocationIndex } from './revocation-index.js';
import { UnavailableCheck } from '../revocation-check/no-check.js';

Logger.overrideLogger(false);

class HandClock extends Clock {
  time = 1_000_000;
  now = (): number => this.time;
  monotonic = (): number => this.time;
}

/** Revocations by their ids, and what happens while they are read. */
class BusyLog extends RevocationLog {
  readonly rows = new Map<number, RevocationEvent>();
  readings = 0;
  meanwhile: () => void = () => undefined;

  constructor(private readonly clock: HandClock) {
    super();
  }
  write(first: number, last = first): void {
    const times = { createdAt: this.clock.time, expiresAt: this.clock.time + 3_600_000 };
    for (let id = first; id <= last; id++)
      this.rows.set(id, { id, kind: 'sign_in', value: `sign-in-${id}`, epoch: null, ...times });
  }
  readAfter(after: number, limit: number): Promise<RevocationLogReading> {
    return this.read(({ id }) => id > after, limit);
  }
  readOf(ids: readonly number[]): Promise<RevocationLogReading> {
    const asked = new Set(ids);
    return this.read(({ id }) => asked.has(id), ids.length);
  }
  private async read(asked: (row: RevocationEvent) => boolean, limit: number): Promise<RevocationLogReading> {
    this.readings++;
    const found = [...this.rows.values()].filter(asked).sort((a, b) => a.id - b.id);
    const now = this.clock.time;
    this.meanwhile();
    return { revocations: found.slice(0, limit), now };
  }
}

const feeds: RevocationFeed[] = [];
afterEach(async () => {
  for (const feed of feeds.splice(0)) await feed.stop();
});

function feedOf(maxEntries = 200_000, wholeReadingMs: number | null = null) {
  const clock = new HandClock();
  const log = new BusyLog(clock);
  const limits = { pollIntervalMs: 60_000, maxStalenessMs: 5_000, maxEntries };
  const reader = new RevocationLogReader(log, limits.maxEntries, clock, wholeReadingMs);
  const counters = new AuthCounters();
  let heard: () => void = () => undefined;
  const notifier = {
    listen: (onNotification: () => void) => void (heard = onNotification),
    send: () => undefined,
    stop: async () => undefined,
    isConnected: null,
  };
  const feed = new RevocationFeed(reader, limits, clock, new StoreClock(clock), notifier, counters);
  feeds.push(feed);
  const pollAfter = (ms: number): Promise<boolean> => {
    clock.time += ms;
    return feed.freshen(0.5);
  };
  return { clock, log, feed, counters, heard: () => heard(), pollAfter };
}

describe('the revocation feed, under pressure', () => {
  it('refuses no request because of changes that came after it', async () => {
    const { log, feed } = feedOf();
    await feed.start();
    // Somebody signs out during every poll.
    log.meanwhile = () => feed.changedHere();
    feed.changedHere();
    const check = new FeedCheck(
      feed,
      ACCESS_TOKEN_RULES,
      new UnavailableCheck(),
      'refuse',
      new AuthCounters(),
    );
    const principal = { id: 'ann', signInId: 'honest' };
    const token = { id: 'jti', subjectEpoch: 1, globalEpoch: 0, generation: null, principal };
    await expect(check.check(token, null)).resolves.toBeUndefined();
  });

  it('misses no id below the first one that it read, when many are read for the first time', async () => {
    const { log, feed, pollAfter } = feedOf();
    await feed.start();
    // Id 1 is that of a transaction which is open; 6,000 others commit before it.
    log.write(2, 6_001);
    await pollAfter(1_000);
    log.write(1);
    await pollAfter(1_000);
    expect(feed.index.hasEnded('sign-in-1')).toBe(true);
  });

  it('misses no new hole because of old ones that will never be filled', async () => {
    const { log, feed, pollAfter } = feedOf();
    log.write(1, 5_000);
    await feed.start();
    // 10,000 ids that were taken and rolled back, or reserved by an INSERT ... SELECT and not used.
    log.write(15_001);
    await pollAfter(1_000);
    // 15,002 is open.
    log.write(15_003);
    await pollAfter(1_000);
    log.write(15_002);
    await pollAfter(1_000);
    expect(feed.index.hasEnded('sign-in-15002')).toBe(true);
  });

  it('becomes fresh when all of it takes longer to read than knowledge may be old', async () => {
    const { clock, log, feed } = feedOf();
    log.write(1, 12_000);
    log.meanwhile = () => (clock.time += 2_000);
    await feed.start();
    // Three pages take 6 s; what is new takes one statement.
    for (let i = 0; i < 5 && !feed.isFresh(); i++) await feed.freshen();
    expect(feed.isFresh()).toBe(true);
  });

  it('serves the requests that are answered while the application shuts down', async () => {
    const { clock, feed } = feedOf();
    await feed.start();
    await feed.stop();
    clock.time += 6_000;
    await expect(feed.freshen()).resolves.toBe(true);
    feed.changedHere();
    await expect(feed.freshen()).resolves.toBe(true);
  });

  it('goes on when a listener of its measurements throws', async () => {
    const { feed, counters, heard, pollAfter } = feedOf();
    await feed.start();
    counters.onNotificationKnown(() => {
      throw new Error('of the host');
    });
    heard();
    await pollAfter(1_000);
    expect(counters.pollFailures).toBe(0);
  });

  it('counts what has to be read, also where all of it is of one subject, and not what has expired', async () => {
    const { clock, log, feed } = feedOf(1_000);
    log.write(1, 5_000);
    for (const [id, row] of log.rows)
      log.rows.set(id, { ...row, kind: 'subject_stale', value: 'ann', epoch: id });
    await feed.start();
    expect(feed.status()).toMatchObject({ overflowing: true, entries: 0 });
    clock.time += 3_600_000;
    log.write(5_001);
    expect(await feed.freshen()).toBe(true);
    expect(feed.status()).toMatchObject({ overflowing: false, entries: 1 });
  });

  it('relies on nothing when all of it cannot be read in time, and reads on when it can', async () => {
    const { clock, log, feed } = feedOf(200_000, 4_000);
    log.write(1, 12_000);
    log.meanwhile = () => (clock.time += 3_000);
    await feed.start();
    expect(feed.status()).toMatchObject({ overflowing: true, entries: 0 });
    expect(feed.isFresh()).toBe(false);
    log.meanwhile = () => undefined;
    clock.time += 30_000;
    expect(await feed.freshen()).toBe(true);
    expect(feed.status()).toMatchObject({ overflowing: false, entries: 12_000 });
  });

  it('asks for what is new alone, and for all of it again a page at a time', async () => {
    const { log, feed, pollAfter } = feedOf();
    log.write(1, 12_000);
    await feed.start();
    const before = log.readings;
    for (let second = 0; second < 29; second++) await pollAfter(1_000);
    expect(log.readings - before).toBe(29);
    // A transaction that was open for longer than ids are asked for again: found when its page is read.
    log.rows.set(0.5, { ...log.rows.get(1)!, id: 0.5, value: 'of long ago' });
    for (let second = 0; second < 4; second++) await pollAfter(1_000);
    expect(log.readings - before).toBe(29 + 4 + 3);
    expect(feed.index.hasEnded('of long ago')).toBe(true);
  });

  it('misses no open transaction for the ids that others will never fill', async () => {
    const { clock, log, feed, pollAfter } = feedOf();
    await feed.start();
    log.write(1);
    // Id 2 is open for four minutes, while one subject replaces its revocation 100,000 times.
    for (let second = 1, id = 2; second <= 240; second++) {
      log.rows.delete(id);
      id = 2 + second * 400;
      log.write(id);
      await pollAfter(1_000);
    }
    const before = log.readings;
    const row = { ...log.rows.get(1)!, id: 2, value: 'committed at last', createdAt: clock.time - 240_000 };
    log.rows.set(2, row);
    await pollAfter(1_000);
    expect(feed.index.hasEnded('committed at last')).toBe(true);
    expect(log.readings - before).toBeLessThan(10);
  });

  it('knows the revocations of its own process at once, without a poll', async () => {
    const { log, feed } = feedOf();
    await feed.start();
    const before = log.readings;
    feed.revokedHere([
      { kind: 'sign_in', value: 'gone', epoch: null, lifeMs: 1_000 },
      { kind: 'subject_stale', value: 'ann', epoch: 7, lifeMs: 1_000 },
      { kind: 'sign_in_changed', value: 'renewed', epoch: null, lifeMs: 1_000 },
    ]);
    expect(feed.isFresh()).toBe(true);
    expect(log.readings).toBe(before);
    expect([feed.index.hasEnded('gone'), feed.index.epochOf('ann')]).toEqual([true, 7]);
    // The table tells its id later: what was read of the session in between is of after the change, or read again.
    const known = feed.index.changeOf('renewed')!.order;
    feed.revokedHere([{ kind: 'sign_in_changed', value: 'renewed', epoch: null, lifeMs: 1_000 }]);
    expect(feed.index.changeOf('renewed')!.order).toBeGreaterThan(known);
  });

  it('takes each change of its own for a new one, also when its idea of the time was put back in between', async () => {
    const set = new RevocationIndex();
    const renewed = {
      id: 0,
      kind: 'sign_in_changed',
      value: 'renewed',
      epoch: null,
      expiresAt: 2_000,
    } as const;
    set.add({ ...renewed, createdAt: 1_000 });
    const { learned } = set;
    set.add({ ...renewed, createdAt: 999 });
    expect(set.changeOf('renewed')!.order).toBeGreaterThan(learned);
    // What was read of it between the two instants is older.
    expect(set.changeOf('renewed')!.createdAt).toBe(1_000);
  });
});
