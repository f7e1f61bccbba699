import { afterEach, describe, expect, it } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { AuthCounters } from '../audit/auth-counters.js';
import { Clock } from '../time/clock.js';
import { StoreClock } from '../time/store-clock.js';
import type { Announcement } from './announcement.js';
import { AnnouncementLog, type AnnouncementReading } from './announcement-log.js';
import { AnnouncementReader } from './announcement-reader.js';
import { FedStanding } from './fed-standing.js';
import { RevocationFeed } from './revocation-feed.js';
import { UncheckedStanding } from './unchecked-standing.js';

Logger.overrideLogger(false);

class HandClock extends Clock {
  time = 1_000_000;
  now = (): number => this.time;
  monotonic = (): number => this.time;
}

/** Announcements by their ids, and what happens while they are read. */
class BusyLog extends AnnouncementLog {
  readonly rows = new Map<number, Announcement>();
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
  readAfter(after: number, limit: number): Promise<AnnouncementReading> {
    return this.read(({ id }) => id > after, limit);
  }
  readOf(ids: readonly number[]): Promise<AnnouncementReading> {
    const asked = new Set(ids);
    return this.read(({ id }) => asked.has(id), ids.length);
  }
  private async read(asked: (row: Announcement) => boolean, limit: number): Promise<AnnouncementReading> {
    this.readings++;
    const found = [...this.rows.values()].filter(asked).sort((a, b) => a.id - b.id);
    const now = this.clock.time;
    this.meanwhile();
    return { announcements: found.slice(0, limit), now };
  }
}

const feeds: RevocationFeed[] = [];
afterEach(async () => {
  for (const feed of feeds.splice(0)) await feed.stop();
});

function feedOf(maxEntries = 200_000) {
  const clock = new HandClock();
  const log = new BusyLog(clock);
  const limits = { pollIntervalMs: 60_000, maxStalenessMs: 5_000, maxEntries };
  const reader = new AnnouncementReader(log, limits.maxEntries, clock);
  const counters = new AuthCounters();
  let heard: () => void = () => undefined;
  const nudges = {
    listen: (onNudge: () => void) => void (heard = onNudge),
    send: () => undefined,
    stop: async () => undefined,
    isConnected: null,
  };
  const feed = new RevocationFeed(reader, limits, clock, new StoreClock(clock), nudges, counters);
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
    const standing = new FedStanding(
      feed,
      new UncheckedStanding(null as never),
      'refuse',
      new AuthCounters(),
    );
    const principal = { id: 'ann', signInId: 'honest' };
    const token = { id: 'jti', subjectEpoch: 1, globalEpoch: 0, generation: null, principal };
    await expect(standing.check(token, null)).resolves.toBeUndefined();
  });

  it('misses no id below the first one that it read, when many are read for the first time', async () => {
    const { log, feed, pollAfter } = feedOf();
    await feed.start();
    // Id 1 is that of a transaction which is open; 6,000 others commit before it.
    log.write(2, 6_001);
    await pollAfter(1_000);
    log.write(1);
    await pollAfter(1_000);
    expect(feed.set.hasEnded('sign-in-1')).toBe(true);
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
    expect(feed.set.hasEnded('sign-in-15002')).toBe(true);
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
    counters.onNudgeKnown(() => {
      throw new Error('of the host');
    });
    heard();
    await pollAfter(1_000);
    expect(counters.pollFailures).toBe(0);
  });

  it('does not take the many changes of one subject for many entries', async () => {
    const { log, feed } = feedOf(1_000);
    log.write(1, 5_000);
    for (const [id, row] of log.rows)
      log.rows.set(id, { ...row, kind: 'subject_stale', value: 'ann', epoch: id });
    await feed.start();
    expect(feed.status()).toMatchObject({ overflowing: false, entries: 1 });
  });
});
