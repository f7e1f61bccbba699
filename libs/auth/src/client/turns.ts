import { inTime, type Platform, wait } from './platform.js';
import type { SharedState } from './shared-state.js';

/**
 * How long a tab waits for its turn, and how long a turn keeps others waiting. After that they go on beside each other: the
 * server answers parallel refreshes with the same token. Longer than a request may take, so that no answer is still on its way
 * when others have gone on twice.
 */
export const TURN_MS = 10_000;
const LOOK_MS = 50;

/** Runs work that uses the refresh token or the cookies, one at a time in all tabs. */
export type Turns = <T>(work: () => Promise<T>) => Promise<T>;

export function turnsOf(name: string, platform: Platform, shared: SharedState): Turns {
  const { locks } = platform;
  if (!locks) return withoutLocks(platform, shared);
  return async (work) => {
    let running: ReturnType<typeof work> | undefined;
    const waiting = new AbortController();
    const stop = platform.after(TURN_MS, () => waiting.abort());
    try {
      await locks.request(name, { signal: waiting.signal }, () => {
        stop();
        running = work();
        // A request or a storage that hangs must not keep the lock.
        return limited(platform, running);
      });
    } catch {
      // No turn in time: a frozen tab has the lock. Or the page may not have locks.
    }
    stop();
    return running ?? work();
  };
}

/** One at a time in this tab; other tabs say when they renew. */
function withoutLocks(platform: Platform, shared: SharedState): Turns {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const running = last.then(async () => {
      const before = shared.current();
      for (let looks = TURN_MS / LOOK_MS; looks-- && shared.isBusy() && shared.current() === before;)
        await wait(platform, LOOK_MS);
      shared.announce(TURN_MS);
      try {
        return await work();
      } finally {
        shared.announce(0);
      }
    });
    last = limited(platform, running);
    return running;
  };
}

/** Resolves when the work has ended in whichever way, or its time is over. */
const limited = (platform: Platform, work: Promise<unknown>): Promise<unknown> =>
  inTime(platform, TURN_MS, work).catch(() => {});
