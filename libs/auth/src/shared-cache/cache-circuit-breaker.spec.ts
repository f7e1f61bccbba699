import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { AuthCounters } from '../audit/auth-counters.js';
import { CacheCircuitBreaker } from './cache-circuit-breaker.js';

const SECOND = 1_000;
const counters = new AuthCounters();
const never = new Promise<never>(() => {});

/** Counts what it is asked, and answers as the test says. */
class FakeCache {
  asked = 0;
  answer: () => unknown = () => 'kept';
  private readonly ask = async (): Promise<unknown> => {
    this.asked++;
    return this.answer();
  };
  get = this.ask;
  set = this.ask;
  del = this.ask;
}

describe('CacheCircuitBreaker', () => {
  let cache: FakeCache;
  let guarded: CacheCircuitBreaker;
  let mono: number;
  beforeEach(() => {
    jest.useFakeTimers();
    Logger.overrideLogger(false);
    mono = 0;
    cache = new FakeCache();
    guarded = new CacheCircuitBreaker(cache, { monotonic: () => mono }, counters);
  });
  afterEach(() => {
    jest.useRealTimers();
    Logger.overrideLogger(['log', 'warn', 'error']);
  });

  const refuse = () => {
    throw new Error('connect ECONNREFUSED');
  };
  const hang = () => never;

  it('gives what the cache gives', async () => {
    expect(await guarded.get('key')).toBe('kept');
    expect(await guarded.set('key', 'value', 1)).toBe(true);
  });

  it('waits 250 ms for one that hangs, and no longer', async () => {
    cache.answer = hang;
    let answer: unknown = 'none yet';
    const got = guarded.get('key').then((value) => (answer = value));
    await jest.advanceTimersByTimeAsync(249);
    expect(answer).toBe('none yet');
    await jest.advanceTimersByTimeAsync(1);
    await got;
    expect(answer).toBeUndefined();
  });

  it.each([
    ['throws at once', { get: refuse, set: refuse, del: refuse }],
    ['rejects', { get: async () => refuse(), set: async () => refuse(), del: async () => refuse() }],
  ])('never throws, whatever the cache does: %s', async (_, broken) => {
    const around = new CacheCircuitBreaker(broken, { monotonic: () => mono }, counters);
    expect(await around.get('key')).toBeUndefined();
    mono += SECOND;
    expect(await around.set('key', 'value', 1)).toBe(false);
  });

  it('leaves it alone for 1 s, 2 s, 4 s, ... 30 s, with one trial after each', async () => {
    cache.answer = refuse;
    await guarded.get('key');
    for (const pause of [1, 2, 4, 8, 16, 30, 30]) {
      const { asked } = cache;
      mono += pause * SECOND - 1;
      expect(await guarded.get('key')).toBeUndefined();
      expect(await guarded.set('key', 'value', 1)).toBe(false);
      expect(cache.asked).toBe(asked);
      mono += 1;
      await Promise.all([guarded.get('a'), guarded.get('b'), guarded.get('c')]);
      expect(cache.asked).toBe(asked + 1);
    }
  });

  it('is whole again after a trial that is answered, and begins with 1 s when it fails again', async () => {
    cache.answer = refuse;
    await guarded.get('key');
    mono += SECOND;
    await guarded.get('key');
    cache.answer = () => 'back';
    mono += 2 * SECOND;
    expect(await guarded.get('key')).toBe('back');
    expect(await guarded.get('key')).toBe('back');
    cache.answer = refuse;
    await guarded.get('key');
    cache.answer = () => 'back again';
    mono += SECOND;
    expect(await guarded.get('key')).toBe('back again');
  });

  it('counts many that hang together as one failure', async () => {
    cache.answer = hang;
    const hanging = Promise.all(Array.from({ length: 20 }, () => guarded.get('key')));
    await jest.advanceTimersByTimeAsync(250);
    await hanging;
    cache.answer = () => 'back';
    mono += SECOND;
    expect(await guarded.get('key')).toBe('back');
  });

  it('writes insistently while it is left alone, and a success ends the pause', async () => {
    cache.answer = refuse;
    await guarded.get('key');
    expect(await guarded.set('key', 'ended', 1)).toBe(false);
    cache.answer = () => 'kept';
    expect(await guarded.set('key', 'ended', 1, true)).toBe(true);
    expect(await guarded.get('key')).toBe('kept');
  });

  it('tries again after a trial that an insistent write overtook', async () => {
    cache.answer = refuse;
    await guarded.get('key');
    mono += SECOND;
    await Promise.all([
      guarded.get('key'),
      guarded.set('key', 'ended', 1, true),
      guarded.set('key', 'ended', 1, true),
    ]);
    cache.answer = () => 'back';
    mono += 30 * SECOND;
    expect(await guarded.get('key')).toBe('back');
  });
});
