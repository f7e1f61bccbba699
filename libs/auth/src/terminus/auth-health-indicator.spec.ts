import { beforeEach, describe, expect, it } from '@jest/globals';
import { HealthIndicatorService } from '@nestjs/terminus';
import type { FeedState } from '../audit/process-status.js';
import { AuthStatus } from '../lifecycle/auth-status.js';
import type { Duration } from '../time/duration.js';
import { AuthHealthIndicator } from './auth-health-indicator.js';

const FRESH: FeedState = {
  entries: 3,
  lagMs: 400.4,
  overflowing: false,
  maxStalenessMs: 5_000,
  notifierConnected: true,
};

describe('AuthHealthIndicator', () => {
  let reached: boolean;
  let feed: FeedState | null;
  let sharesAddress: boolean;
  beforeEach(() => {
    reached = true;
    feed = FRESH;
    sharesAddress = false;
  });

  const { health } = AuthStatus.prototype;
  const check = async (maxLag?: unknown) => {
    const attempts = { sharesAddress };
    const status = { mode: 'feed', reachesStores: async () => reached, feed: () => feed, attempts, health };
    const indicator = new AuthHealthIndicator(new HealthIndicatorService(), status as unknown as AuthStatus);
    const { auth } = await indicator.isHealthy(
      'auth',
      maxLag === undefined ? {} : { maxLag: maxLag as Duration },
    );
    return auth;
  };

  it('is up with a fresh feed, and says what there is to know', async () => {
    expect(await check()).toEqual({
      status: 'up',
      mode: 'feed',
      stores: 'reachable',
      lagMs: 400,
      entries: 3,
      overflowing: false,
      notifierConnected: true,
    });
  });

  it('tells that a proxy is not trusted, and stays up', async () => {
    sharesAddress = true;
    expect(await check()).toMatchObject({ status: 'up', degraded: expect.stringContaining('proxy') });
  });

  it.each<[number | null, string]>([
    [5_000, 'up'],
    [5_000.5, 'down'],
    [null, 'down'],
    [NaN, 'down'],
  ])('with a lag of %s ms is %s', async (lagMs, status) => {
    feed = { ...FRESH, lagMs };
    expect((await check()).status).toBe(status);
  });

  it('follows a limit of its own, tighter or wider', async () => {
    expect((await check('400ms')).status).toBe('down');
    feed = { ...FRESH, lagMs: 9_000 };
    expect((await check('9s')).status).toBe('up');
  });

  it.each([[5], ['5'], ['soon'], [null], [NaN]])(
    'refuses a limit that is no duration: %s',
    async (maxLag) => {
      await expect(check(maxLag)).rejects.toThrow(new TypeError('"maxLag" must be a duration such as "5s"'));
    },
  );

  it('is up while a fresh feed makes do without the stores', async () => {
    reached = false;
    expect(await check()).toMatchObject({ status: 'up', stores: 'unreachable' });
  });

  it('depends on the stores while the feed overflows, however old it is', async () => {
    feed = { ...FRESH, overflowing: true, lagMs: 60_000 };
    expect((await check()).status).toBe('up');
    reached = false;
    feed = { ...feed, lagMs: 0 };
    expect((await check()).status).toBe('down');
  });

  it('depends on the stores where there is no feed', async () => {
    feed = null;
    expect((await check()).status).toBe('up');
    reached = false;
    expect((await check()).status).toBe('down');
  });
});
