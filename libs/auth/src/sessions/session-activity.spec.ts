import { afterEach, expect, it, jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { StoreUnavailableError } from '../errors/auth-error.js';
import type { NearSession } from './session-near-cache.js';
import { SessionActivity } from './session-activity.js';
import type { SessionStore } from './session-store.js';

afterEach(() => void jest.restoreAllMocks());

it('costs a database that cannot write one statement a second and one line of the log, whatever comes', async () => {
  const warn = jest.spyOn(Logger.prototype, 'warn').mockImplementation(() => undefined);
  const touch = jest.fn(async () => Promise.reject(new StoreUnavailableError()));
  const clock = { now: 0, monotonic: () => clock.now };
  const limits = { idleMs: 1_800_000, absoluteMs: 43_200_000, touchIntervalMs: 60_000, cacheSize: 1 };
  const activity = new SessionActivity({ touch } as unknown as SessionStore, limits, clock);
  const session = { row: { id: 'a', expiresAt: 1e9 }, seenAt: 0, idleExpiresAt: 1e9 } as NearSession;
  for (let request = 0; request < 3_000; request++) {
    activity.note(session, 100_000 + request);
    await activity.flush();
    clock.now += 1;
  }
  expect(touch).toHaveBeenCalledTimes(3);
  expect(warn).toHaveBeenCalledTimes(1);
});
