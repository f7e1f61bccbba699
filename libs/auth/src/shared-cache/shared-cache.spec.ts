import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { createSecretKey } from 'node:crypto';
import { AuthCounters } from '../audit/auth-counters.js';
import { StoreClock } from '../time/store-clock.js';
import type { ApplicationCache } from './cache-options.js';
import { CacheCircuitBreaker } from './cache-circuit-breaker.js';
import { RecordMac } from './record-mac.js';
import { SharedCache } from './shared-cache.js';

const SECOND = 1_000;
const ID = '0b5a7a56-33c7-4a7e-9c86-0d6b2f7f5a11';
const T0 = 1_800_000_000_000;

interface Fact {
  readonly epoch: number;
}
const readFact = (value: unknown): Fact | null => {
  const epoch = (value as { epoch?: unknown } | null)?.epoch;
  return typeof epoch === 'number' ? { epoch } : null;
};

class MemoryCache implements ApplicationCache {
  readonly kept = new Map<string, unknown>();
  readonly ttls: number[] = [];
  get = async (key: string): Promise<unknown> => this.kept.get(key);
  set = async (key: string, value: unknown, ttlMs: number): Promise<unknown> => {
    this.ttls.push(ttlMs);
    return this.kept.set(key, value);
  };
  del = async (key: string): Promise<unknown> => this.kept.delete(key);
}

/** A node of its own: one process's clocks and memory, on a cache that may be shared. */
class Node {
  private elapsed = 0;
  private readonly clock = { now: () => T0 + this.elapsed, monotonic: () => this.elapsed };
  readonly storeClock = new StoreClock(this.clock);
  readonly counters = new AuthCounters();
  readonly records: SharedCache<Fact>;

  constructor(
    cache: ApplicationCache,
    { secret = 'one', issuer = 'https://a.example', kind = 'family' } = {},
  ) {
    const mac = new RecordMac([createSecretKey(Buffer.from(secret.padEnd(32, '-')))]);
    const guarded = new CacheCircuitBreaker(cache, this.clock, this.counters);
    const { storeClock, counters } = this;
    this.records = new SharedCache(kind, readFact, { cache: guarded, mac, issuer, storeClock, counters });
    this.storeClock.learn(T0, 0, T0);
  }

  get storeNow(): number {
    return this.storeClock.now()!;
  }

  pass(ms: number): void {
    this.elapsed += ms;
  }

  /** As after a read of the table. */
  async put(fact: Fact, readAt = this.storeNow, mark = this.records.mark()): Promise<void> {
    this.records.put(ID, fact, readAt, mark);
    await settled();
  }

  get(maxStalenessMs = 5 * SECOND) {
    return this.records.get(ID, maxStalenessMs);
  }
}

const settled = () => new Promise((resolve) => process.nextTick(resolve));

describe('SharedCache', () => {
  let cache: MemoryCache;
  let node: Node;
  beforeEach(() => {
    Logger.overrideLogger(false);
    cache = new MemoryCache();
    node = new Node(cache);
  });
  afterEach(() => {
    jest.useRealTimers();
    Logger.overrideLogger(['log', 'warn', 'error']);
  });

  it('gives another node what one has read, with when, for 60 s in milliseconds', async () => {
    await node.put({ epoch: 7 });
    expect(await new Node(cache).get()).toEqual({ value: { epoch: 7 }, readAt: T0 });
    expect(cache.ttls).toEqual([60_000]);
  });

  it('counts what it was asked for and had, what it had not, and what failed', async () => {
    await node.put({ epoch: 7 });
    await node.get();
    await node.get();
    await node.records.get('another', 5 * SECOND);
    // Not a question to the cache.
    await node.get(0);
    cache.get = async () => {
      throw new Error('away');
    };
    await node.get();
    expect(node.counters).toMatchObject({ cacheHits: 2, cacheMisses: 2, cacheFailures: 1 });
  });

  it('believes a record for as long as was asked, to the millisecond, and never for more than 60 s', async () => {
    await node.put({ epoch: 7 });
    node.pass(5 * SECOND);
    expect(await node.get()).toBeDefined();
    node.pass(1);
    expect(await node.get()).toBeUndefined();
    expect(await node.get(5 * SECOND + 1)).toBeDefined();
    node.pass(55 * SECOND - 1);
    expect(await node.get(3_600 * SECOND)).toBeDefined();
    node.pass(1);
    expect(await node.get(3_600 * SECOND)).toBeUndefined();
  });

  it.each([0, -1, NaN])('asks the cache nothing when the knowledge may be %s ms old', async (ms) => {
    await node.put({ epoch: 7 });
    const asked = jest.spyOn(cache, 'get');
    expect(await node.get(ms)).toBeUndefined();
    expect(asked).not.toHaveBeenCalled();
  });

  it('believes nothing while the clock of the store is unknown', async () => {
    await node.put({ epoch: 7 });
    const waking = new Node(cache);
    Object.assign(waking.storeClock, { storeNow: undefined });
    expect(await waking.get()).toBeUndefined();
  });

  it('believes nothing from the future, but for a second', async () => {
    await node.put({ epoch: 7 }, T0 + SECOND);
    expect(await node.get()).toBeDefined();
    await node.put({ epoch: 7 }, T0 + SECOND + 1);
    expect(await node.get()).toBeUndefined();
  });

  it('counts the time that the cache took to answer', async () => {
    await node.put({ epoch: 7 });
    const { get } = cache;
    cache.get = async (key) => {
      node.pass(5 * SECOND + 1);
      return get(key);
    };
    expect(await node.get()).toBeUndefined();
  });

  describe('a cache that', () => {
    it.each<[string, unknown]>([
      ['holds nothing', undefined],
      ['holds null', null],
      ['holds a number', 1],
      ['holds an empty text', ''],
      ['holds text of somebody else', 'live'],
      ['holds a record without a seal', JSON.stringify({ readAt: T0, value: { epoch: 7 } })],
      ['holds an object instead of text', { readAt: T0, value: { epoch: 7 } }],
      ['holds a seal of another form', `====.${JSON.stringify({ readAt: T0, value: { epoch: 7 } })}`],
      ['holds an empty seal', `.${JSON.stringify({ readAt: T0, value: { epoch: 7 } })}`],
    ])('%s: the table is asked', async (_, held) => {
      cache.get = async () => held;
      expect(await node.get()).toBeUndefined();
    });

    it('changes one character of a record: the table is asked', async () => {
      await node.put({ epoch: 7 });
      const [[key, sealed]] = [...cache.kept] as [[string, string]];
      expect(sealed).toContain('"epoch":7');
      for (const changed of [sealed.replace('"epoch":7', '"epoch":8'), sealed.replace(/^./, '_')]) {
        cache.kept.set(key, changed);
        expect(await node.get()).toBeUndefined();
      }
      cache.kept.set(key, sealed);
      expect(await node.get()).toBeDefined();
    });

    it('gives the record of another sign-in: the table is asked', async () => {
      await node.put({ epoch: 7 });
      const [sealed] = [...cache.kept.values()];
      cache.get = async () => sealed;
      expect(await node.records.get('another', 5 * SECOND)).toBeUndefined();
    });

    it('holds records of another secret, issuer or kind: the table is asked', async () => {
      await node.put({ epoch: 7 });
      const [sealed] = [...cache.kept.values()];
      cache.get = async () => sealed;
      expect(await new Node(cache, { secret: 'two' }).get()).toBeUndefined();
      expect(await new Node(cache, { issuer: 'https://b.example' }).get()).toBeUndefined();
      expect(await new Node(cache, { kind: 'session' }).get()).toBeUndefined();
      expect(await node.get()).toBeDefined();
    });

    it('holds a record of another shape, or without a time: the table is asked', async () => {
      for (const odd of [{ epoch: '7' }, null, [7]]) {
        await node.put(odd as unknown as Fact);
        expect(await node.get()).toBeUndefined();
      }
      cache.kept.clear();
      for (const readAt of [NaN, Infinity, null, undefined, '1'])
        node.records.put(ID, { epoch: 7 }, readAt, node.records.mark());
      await settled();
      expect(cache.kept.size).toBe(0);
    });

    it('forgets everything, or is away: the table is asked', async () => {
      await node.put({ epoch: 7 });
      cache.kept.clear();
      expect(await node.get()).toBeUndefined();
      cache.get = async () => {
        throw new Error('away');
      };
      expect(await node.get()).toBeUndefined();
    });

    it('hangs: the table is asked after 250 ms, and an ending waits no longer either', async () => {
      jest.useFakeTimers({ doNotFake: ['nextTick'] });
      const never = () => new Promise<never>(() => {});
      Object.assign(cache, { get: never, set: never });
      node.records.put(ID, { epoch: 7 }, T0, node.records.mark());
      const both = Promise.all([node.get(), node.records.invalidate(ID)]);
      await jest.advanceTimersByTimeAsync(250);
      expect(await both).toEqual([undefined, undefined]);
    });

    it('keeps a record without end, though it was given 60 s: it is as old as it says', async () => {
      await node.put({ epoch: 7 });
      node.pass(24 * 3_600 * SECOND);
      expect(await node.get(60 * SECOND)).toBeUndefined();
    });
  });

  describe('an ending', () => {
    it('is known to the other nodes at once, through the tombstone', async () => {
      await node.put({ epoch: 7 });
      const other = new Node(cache);
      expect(await other.get()).toBeDefined();
      await node.records.invalidate(ID);
      expect(await other.get()).toBeUndefined();
    });

    it('is known here, also when the cache brings the record back', async () => {
      await node.put({ epoch: 7 });
      const former = new Map(cache.kept);
      node.pass(10);
      await node.records.invalidate(ID);
      for (const [key, value] of former) cache.kept.set(key, value);
      expect(await node.get()).toBeUndefined();
    });

    it('is known to the other nodes within what they ask for, when the record comes back', async () => {
      await node.put({ epoch: 7 });
      const former = new Map(cache.kept);
      const other = new Node(cache);
      await node.records.invalidate(ID);
      for (const [key, value] of former) cache.kept.set(key, value);
      expect(await other.get()).toBeDefined();
      other.pass(5 * SECOND + 1);
      expect(await other.get()).toBeUndefined();
    });

    it('is not undone by what was read before it and comes late', async () => {
      const mark = node.records.mark();
      await node.records.invalidate(ID);
      node.pass(2);
      await node.put({ epoch: 7 }, T0, mark);
      expect([...cache.kept.values()]).toEqual(['ended']);
      await node.put({ epoch: 8 });
      expect(await node.get()).toMatchObject({ value: { epoch: 8 } });
    });

    it('of another sign-in changes nothing', async () => {
      const mark = node.records.mark();
      await node.records.invalidate('another');
      await node.put({ epoch: 7 }, T0, mark);
      expect(await node.get()).toBeDefined();
    });

    it('is believed before the clock of the store is known', async () => {
      await node.put({ epoch: 7 });
      const former = new Map(cache.kept);
      const waking = new Node(cache);
      Object.assign(waking.storeClock, { storeNow: undefined });
      waking.pass(10);
      await waking.records.invalidate(ID);
      for (const [key, value] of former) cache.kept.set(key, value);
      waking.pass(10);
      waking.storeClock.learn(T0 + 20, 20, T0 + 20);
      expect(await waking.get()).toBeUndefined();
      await waking.put({ epoch: 8 });
      expect(await waking.get()).toMatchObject({ value: { epoch: 8 } });
    });

    it('of everything hides every earlier record on this node, and no later one', async () => {
      await node.put({ epoch: 7 });
      const mark = node.records.mark();
      node.records.invalidateAll();
      expect(await node.get()).toBeUndefined();
      node.pass(2);
      await node.put({ epoch: 7 }, node.storeNow, mark);
      expect(await node.get()).toBeUndefined();
      await node.put({ epoch: 8 });
      expect(await node.get()).toBeDefined();
    });
  });

  it('joins what a deployment and a request chose to no key of another', async () => {
    const asked = new Set<string>();
    cache.get = async (key) => void asked.add(key);
    for (const [issuer, id] of [
      ['https://a', '1:x'],
      ['https://a:1', 'x'],
      ['https://a:3:1', 'x'],
      ['https://a', '3:1:x'],
    ] as const)
      await new Node(cache, { issuer }).records.get(id, SECOND);
    expect(asked.size).toBe(4);
  });
});
