import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Logger, type LoggerService } from '@nestjs/common';
import { AuthCounters } from '../audit/auth-counters.js';
import { AccessTokenRevokedError, StoreUnavailableError } from '../errors/auth-error.js';
import { RevocationLogReader } from '../revocation/revocation-log-reader.js';
import { RevocationFeed } from '../revocation/revocation-feed.js';
import { MemoryRevocationLog } from '../testing/memory/memory-revocation-log.js';
import { Clock } from '../time/clock.js';
import { StoreClock } from '../time/store-clock.js';
import type { ServiceToken } from './service-token.js';
import { FeedCheck } from '../revocation-check/feed-check.js';
import { SERVICE_TOKEN_RULES, ServiceTokenCheck } from './service-token-check.js';

class HandClock extends Clock {
  at = 1_800_000_000_000;
  now = (): number => this.at;
  monotonic = (): number => this.at;
}

class AskedCheck extends ServiceTokenCheck {
  readonly asked: (number | null)[] = [];
  cachedAsGood = (): boolean => false;
  check = async (_token: ServiceToken, maxStalenessMs: number | null): Promise<void> => {
    this.asked.push(maxStalenessMs);
  };
}

const token = (clientId: string, id = 'jti'): ServiceToken => ({
  principal: { clientId, scopes: [], tokenId: id },
  id,
  clientEpoch: 1,
  globalEpoch: 0,
  expiresAt: Infinity,
  notBefore: 0,
});

describe('service tokens while the feed cannot be read', () => {
  const clock = new HandClock();
  const quiet = (): void => undefined;
  let lines: string[];
  let feed: RevocationFeed;
  let lookupCheck: AskedCheck;
  let counters: AuthCounters;
  beforeEach(async () => {
    lines = [];
    const error = (line: unknown): number => lines.push(String(line));
    Logger.overrideLogger({ log: quiet, warn: quiet, debug: quiet, verbose: quiet, error } as LoggerService);
    const log = new MemoryRevocationLog(clock);
    log.write('client', 'ended', 2);
    log.write('token', 'revoked');
    counters = new AuthCounters();
    lookupCheck = new AskedCheck();
    const limits = { pollIntervalMs: 60_000, maxStalenessMs: 1_000, maxEntries: 1_000 };
    const reader = new RevocationLogReader(log, 1_000, clock);
    feed = new RevocationFeed(reader, limits, clock, new StoreClock(clock), null, counters);
    await feed.start();
    log.readAfter = () => Promise.reject(new StoreUnavailableError());
    clock.at += 1_001;
  });
  afterEach(async () => {
    await feed.stop();
    Logger.overrideLogger(false);
  });
  const feedCheck = (onUnavailable: 'refuse' | 'lookup' | 'allow') =>
    new FeedCheck(feed, SERVICE_TOKEN_RULES, lookupCheck, onUnavailable, counters);

  it('allow: admits them at a risk, which is counted, and said once', async () => {
    const allowing = feedCheck('allow');
    for (let i = 0; i < 3; i++) await allowing.check(token('alive'), null);
    expect(counters.fallbacks.allow).toBe(3);
    expect(lines).toEqual([expect.stringContaining('service tokens are admitted that may be revoked')]);
    expect(lookupCheck.asked).toEqual([]);
  });

  it('refuse: is an outage, and counted', async () => {
    await expect(feedCheck('refuse').check(token('alive'), null)).rejects.toThrow(StoreUnavailableError);
    expect(counters.fallbacks.refuse).toBe(1);
  });

  it('lookup, or a route that says how old: asks the table, and counts it', async () => {
    await feedCheck('lookup').check(token('alive'), null);
    await feedCheck('refuse').check(token('alive'), 100);
    expect([lookupCheck.asked, counters.fallbacks.lookup]).toEqual([[null, 100], 2]);
  });

  it.each(['allow', 'refuse', 'lookup'] as const)('%s: what is known to have ended stays so', async (how) => {
    for (const ended of [token('ended'), token('alive', 'revoked')])
      await expect(feedCheck(how).check(ended, null)).rejects.toThrow(AccessTokenRevokedError);
    expect(lookupCheck.asked).toEqual([]);
  });
});
