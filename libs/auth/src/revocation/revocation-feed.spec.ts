import { afterEach, describe, expect, it } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { StoreUnavailableError } from '../errors/auth-error.js';
import { AuthCounters } from '../audit/auth-counters.js';
import { Clock } from '../time/clock.js';
import { StoreClock } from '../time/store-clock.js';
import type { RevocationEvent, RevocationEventKind } from './revocation-event.js';
import { RevocationLog, type RevocationLogReading } from './revocation-log.js';
import { RevocationLogReader } from './revocation-log-reader.js';
import { RevocationNotifier } from './revocation-notifier.js';
import type { FeedLimits } from './feed-status.js';
import { RevocationFeed } from './revocation-feed.js';

Logger.overrideLogger(false);

/** Time as the test says; a suspended machine stops the monotonic clock alone. */
class HandClock extends Clock {
  wall = 1_800_000_000_000;
  steady = 1_000;
  now = (): number => this.wall;
  monotonic = (): number => this.steady;
  pass(ms: number): void {
    this.wall += ms;
    this.steady += ms;
  }
}

const HOUR = 3_600_000;

/** Rows whose commits the test lets happen, in whatever order. */
class HandLog extends RevocationLog {
  readonly committed = new Map<number, RevocationEvent>();
  private newest = 0;
  readings = 0;
  failing = false;

  constructor(private readonly clock: HandClock) {
    super();
  }
  /** A transaction that has its id, and commits when the function is called. */
  begin(kind: RevocationEventKind, value: string, epoch: number | null = null): () => void {
    const createdAt = this.clock.now();
    const row = { id: ++this.newest, kind, value, epoch, createdAt, expiresAt: createdAt + HOUR };
    return () => void this.committed.set(row.id, row);
  }
  write(kind: RevocationEventKind, value: string, epoch: number | null = null): void {
    this.begin(kind, value, epoch)();
  }
  fill(count: number): void {
    for (let i = 0; i < count; i++) this.write('sign_in', `filler-${this.newest}`);
  }
  readAfter(after: number, limit: number): Promise<RevocationLogReading> {
    return this.read(({ id }) => id > after, limit);
  }
  readOf(ids: readonly number[]): Promise<RevocationLogReading> {
    return this.read(({ id }) => ids.includes(id), ids.length);
  }
  private async read(asked: (row: RevocationEvent) => boolean, limit: number): Promise<RevocationLogReading> {
    this.readings++;
    if (this.failing) throw new StoreUnavailableError();
    const now = this.clock.now();
    const rows = [...this.committed.values()].filter((row) => row.expiresAt > now && asked(row));
    return { revocations: rows.sort((a, b) => a.id - b.id).slice(0, limit), now };
  }
}

class HandNotifier extends RevocationNotifier {
  sent = 0;
  notify: () => void = () => undefined;
  listen = (onNotification: () => void): void => void (this.notify = onNotification);
  send = (): void => void this.sent++;
  stop = async (): Promise<void> => undefined;
}

const feeds: RevocationFeed[] = [];
afterEach(async () => {
  for (const feed of feeds.splice(0)) await feed.stop();
});

function feedOf(limits: Partial<FeedLimits> = {}) {
  const clock = new HandClock();
  const log = new HandLog(clock);
  const notifier = new HandNotifier();
  const counters = new AuthCounters();
  const all = { pollIntervalMs: 60_000, maxStalenessMs: 5_000, maxEntries: 200_000, ...limits };
  const reader = new RevocationLogReader(log, all.maxEntries, clock);
  const storeClock = new StoreClock(clock);
  const feed = new RevocationFeed(reader, all, clock, storeClock, notifier, counters);
  feeds.push(feed);
  const poll = async (): Promise<boolean> => {
    clock.pass(6_000);
    return feed.freshen();
  };
  return { clock, log, notifier, counters, feed, storeClock, poll };
}

const token = (subject: string, signInId: string, subjectEpoch = 1, globalEpoch = 0) => ({
  id: 'jti',
  subjectEpoch,
  globalEpoch,
  generation: null,
  principal: { id: subject, signInId },
});

describe('the revocation feed', () => {
  it('counts polls that were answered and those that were not, and notifications', async () => {
    const { log, feed, notifier, clock, counters, poll } = feedOf();
    await feed.start();
    log.failing = true;
    await poll();
    expect(counters).toMatchObject({
      polls: 1,
      pollFailures: 1,
      notificationsSent: 0,
      notificationsReceived: 0,
    });
    log.failing = false;
    clock.pass(60_000);
    feed.changedHere();
    await feed.freshen();
    expect(counters).toMatchObject({ polls: 2, notificationsSent: 1, notificationsReceived: 0 });
    notifier.notify();
    expect(counters.notificationsReceived).toBe(1);
  });

  it('measures from the first notification to the poll that was sent after it', async () => {
    const { log, feed, notifier, clock, counters, poll } = feedOf();
    const measured: number[] = [];
    const end = counters.onNotificationKnown((ms) => void measured.push(ms));
    await feed.start();
    expect(measured).toEqual([]);
    log.failing = true;
    notifier.notify();
    clock.pass(30);
    notifier.notify();
    await poll();
    expect(measured).toEqual([]);
    log.failing = false;
    clock.pass(60_000);
    await poll();
    expect(measured).toEqual([72_030]);
    await poll();
    expect(measured).toHaveLength(1);
    end();
    notifier.notify();
    await poll();
    expect(measured).toHaveLength(1);
  });

  it('is not fresh before it was read, and knows everything from then on', async () => {
    const { log, feed } = feedOf();
    log.write('sign_in', 'gone');
    expect(feed.isFresh()).toBe(false);
    await feed.start();
    expect(feed.isFresh()).toBe(true);
    expect(feed.index.hasEnded('gone')).toBe(true);
    expect(feed.index.hasEnded('alive')).toBe(false);
  });

  it('tells ended from stale, and a new epoch from an old one', async () => {
    const { log, feed } = feedOf();
    log.write('sign_in', 'gone');
    log.write('subject_stale', 'ada', 7);
    await feed.start();
    expect(() => feed.index.check(token('bob', 'gone'))).toThrow(
      expect.objectContaining({ code: 'AUTH_ACCESS_TOKEN_REVOKED' }),
    );
    expect(() => feed.index.check(token('ada', 'alive', 6))).toThrow(
      expect.objectContaining({ code: 'AUTH_ACCESS_TOKEN_STALE' }),
    );
    expect(() => feed.index.check(token('ada', 'alive', Number.NaN))).toThrow(
      expect.objectContaining({ code: 'AUTH_ACCESS_TOKEN_STALE' }),
    );
    feed.index.check(token('ada', 'alive', 7));
    feed.index.check(token('bob', 'alive', 1));
    log.write('everything', '', 9);
    feed.changedHere();
    await feed.freshen();
    expect(() => feed.index.check(token('bob', 'alive', 1, 8))).toThrow(
      expect.objectContaining({ code: 'AUTH_ACCESS_TOKEN_REVOKED' }),
    );
    feed.index.check(token('bob', 'alive', 1, 9));
  });

  it.each([100, 6_000])('misses no commit out of order, however late, with %d live ones', async (many) => {
    const { log, feed, poll } = feedOf();
    log.fill(many);
    await feed.start();
    // Transactions that take their ids in order, and commit in another: some after a minute.
    const open = Array.from({ length: 110 }, (_, i) => log.begin('sign_in', `late-${i}`));
    for (let round = 0; open.length > 0; round++) {
      open.splice((round * 7) % open.length, 1)[0]!();
      log.fill(2);
      expect(await poll()).toBe(true);
    }
    for (let i = 0; i < 110; i++) expect(feed.index.hasEnded(`late-${i}`)).toBe(true);
  });

  it('sees a commit that filled a hole at the very next poll', async () => {
    const { log, feed, clock } = feedOf();
    log.fill(6_000);
    await feed.start();
    const commit = log.begin('sign_in', 'late');
    log.fill(10);
    clock.pass(1_000);
    feed.changedHere();
    expect(await feed.freshen()).toBe(true);
    expect(feed.index.hasEnded('late')).toBe(false);
    commit();
    clock.pass(1_000);
    feed.changedHere();
    expect(await feed.freshen()).toBe(true);
    expect(feed.index.hasEnded('late')).toBe(true);
  });

  it('gets stale by whichever clock went further, and polls once when it is asked', async () => {
    const { log, feed, clock } = feedOf();
    await feed.start();
    clock.pass(5_000);
    expect(feed.isFresh()).toBe(true);
    expect(feed.isFresh(4_999)).toBe(false);
    // A suspended machine: the monotonic clock stood still.
    clock.wall += 1;
    expect(feed.isFresh()).toBe(false);
    const before = log.readings;
    const asked = [feed.freshen(), feed.freshen(), feed.freshen()];
    expect(await Promise.all(asked)).toEqual([true, true, true]);
    expect(log.readings - before).toBe(1);
  });

  it('says that everything was learnt anew after it was away, and not after a short outage', async () => {
    const { log, feed, clock } = feedOf({ pollIntervalMs: 100 });
    await feed.start();
    log.failing = true;
    clock.pass(1_000);
    feed.changedHere();
    expect(await feed.freshen()).toBe(false);
    log.failing = false;
    clock.pass(1_000);
    expect(await feed.freshen()).toBe(true);
    expect(feed.version).toBe(0);
    clock.pass(5_001);
    expect(await feed.freshen()).toBe(true);
    expect(feed.version).toBe(1);
  });

  it('is not fresh after a change of its own until a poll was sent after it', async () => {
    const { log, feed, notifier } = feedOf();
    await feed.start();
    log.write('sign_in', 'mine');
    feed.changedHere();
    expect(feed.isFresh()).toBe(false);
    expect(notifier.sent).toBe(1);
    expect(await feed.freshen()).toBe(true);
    expect(feed.index.hasEnded('mine')).toBe(true);
  });

  it.each(['before the first poll has come', 'while there was more than fits'])(
    'is not fresh by a poll that was sent before a change of its own: %s',
    async (when) => {
      const { log, feed, clock } = feedOf({ maxEntries: 1_000 });
      if (when.startsWith('while')) {
        log.fill(1_001);
        await feed.start();
        clock.pass(HOUR + 1);
      }
      const { readings } = log;
      const polled = feed.freshen();
      while (log.readings === readings) await Promise.resolve();
      // The poll under way has read by now, and nothing in memory counts yet.
      log.write('sign_in', 'mine');
      feed.revokedHere([{ kind: 'sign_in', value: 'mine', epoch: null, lifeMs: HOUR }]);
      await polled;
      expect(feed.isFresh()).toBe(false);
      expect(await feed.freshen()).toBe(true);
      expect(feed.index.hasEnded('mine')).toBe(true);
    },
  );

  it('polls at a notification, and a burst of notifications costs few polls', async () => {
    const { log, feed, notifier, clock } = feedOf();
    await feed.start();
    clock.pass(1_000);
    log.write('sign_in', 'theirs');
    const before = log.readings;
    for (let i = 0; i < 1_000; i++) notifier.notify();
    while (!feed.index.hasEnded('theirs')) await new Promise((turn) => setImmediate(turn));
    expect(log.readings - before).toBeLessThanOrEqual(2);
  });

  it('does not poll for every request while polls fail', async () => {
    const { log, feed, clock } = feedOf();
    await feed.start();
    log.failing = true;
    clock.pass(6_000);
    expect(await feed.freshen()).toBe(false);
    const before = log.readings;
    for (let i = 0; i < 50; i++) expect(await feed.freshen()).toBe(false);
    expect(log.readings).toBe(before);
  });

  it('believes nothing in memory while there is more than fits, and all of it again afterwards', async () => {
    const { log, feed, clock } = feedOf({ maxEntries: 1_000 });
    log.fill(1_001);
    await feed.start();
    expect(feed.isFresh()).toBe(false);
    expect(feed.status()).toMatchObject({ overflowing: true, entries: 0 });
    expect(await feed.freshen()).toBe(false);
    clock.pass(HOUR + 1);
    log.write('sign_in', 'gone');
    expect(await feed.freshen()).toBe(true);
    expect(feed.status().overflowing).toBe(false);
    expect(feed.index.hasEnded('gone')).toBe(true);
  });

  it('forgets what can matter no more', async () => {
    const { log, feed, clock, poll } = feedOf();
    log.fill(10);
    await feed.start();
    expect(feed.status().entries).toBe(10);
    clock.pass(HOUR);
    log.write('sign_in', 'gone');
    expect(await poll()).toBe(true);
    expect(feed.status().entries).toBe(1);
  });

  it('fails its start when it cannot be read, and goes on trying', async () => {
    const { log, feed, clock } = feedOf({ pollIntervalMs: 100 });
    log.failing = true;
    await expect(feed.start()).rejects.toBeInstanceOf(StoreUnavailableError);
    expect(feed.isFresh()).toBe(false);
    log.failing = false;
    clock.pass(1_000);
    expect(await feed.freshen()).toBe(true);
  });

  it('tells the time of the store: late rather than early', async () => {
    const { feed, clock, storeClock } = feedOf();
    expect(storeClock.now()).toBeUndefined();
    await feed.start();
    const then = clock.now();
    clock.pass(500);
    clock.wall += 2_000;
    expect(storeClock.now()).toBe(then + 2_500);
    expect(storeClock.steady()).toBe(then + 500);
  });
});
