import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { AuthCounters } from '../audit/auth-counters.js';
import { resolveAuthOptions } from '../options/resolve-auth-options.js';
import { SignInLookup, type SignInStatus } from '../revocation-check/sign-in-lookup.js';
import { SessionNearCache } from '../sessions/session-near-cache.js';
import { SystemClock } from '../time/clock.js';
import { StoreClock } from '../time/store-clock.js';
import { AuthStatus } from './auth-status.js';

/** Answers as the test says. */
class Lookup extends SignInLookup {
  asked = 0;
  answer: () => Promise<unknown> = async () => ({ live: false });
  find = (): Promise<SignInStatus> => {
    this.asked++;
    return this.answer() as Promise<SignInStatus>;
  };
}

describe('AuthStatus', () => {
  const { revocation } = resolveAuthOptions({ secret: 'x'.repeat(32), issuer: 'https://api.example.com' }, 0);
  const counters = new AuthCounters();
  const limits = { sharesAddress: false };
  let lookup: Lookup;
  let status: AuthStatus;
  beforeEach(() => {
    jest.useFakeTimers();
    lookup = new Lookup();
    const near = new SessionNearCache(null, new StoreClock(new SystemClock()), 10, counters);
    status = new AuthStatus(counters, revocation, null, null, near, lookup, limits);
  });
  afterEach(() => void jest.useRealTimers());

  it('reaches stores that answer, and leaves no timer', async () => {
    expect(await status.reachesStores()).toBe(true);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('does not reach stores that fail, in whatever way, and reaches them again', async () => {
    lookup.answer = () => Promise.reject(new Error('away'));
    expect(await status.reachesStores()).toBe(false);
    lookup.answer = () => {
      throw new Error('at once');
    };
    expect(await status.reachesStores()).toBe(false);
    lookup.answer = async () => null;
    expect(await status.reachesStores()).toBe(true);
  });

  it('waits 5 s for stores that are silent', async () => {
    lookup.answer = () => new Promise(() => {});
    const settled = jest.fn();
    void status.reachesStores().then(settled);
    await jest.advanceTimersByTimeAsync(4_999);
    expect(settled).not.toHaveBeenCalled();
    await jest.advanceTimersByTimeAsync(1);
    expect(settled).toHaveBeenCalledWith(false);
  });

  it('asks once for all who ask at the same time, and counts no lookup', async () => {
    await Promise.all([status.reachesStores(), status.reachesStores()]);
    expect(lookup.asked).toBe(1);
    await status.reachesStores();
    expect(lookup.asked).toBe(2);
    expect(status.counts.lookups).toBe(0);
  });

  it('says that it is degraded behind a proxy that is not trusted, and stays up', async () => {
    expect((await status.health(null)).details).not.toHaveProperty('degraded');
    limits.sharesAddress = true;
    const { isUp, details } = await status.health(null);
    limits.sharesAddress = false;
    expect([isUp, details]).toEqual([
      true,
      expect.objectContaining({ degraded: expect.stringContaining('proxy') }),
    ]);
  });

  it('tells of no feed where there is none', () => {
    expect(status.feed()).toBeNull();
  });
});
