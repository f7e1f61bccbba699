import { NothingDone } from './connection-lost.js';
import { inTime } from '../../time/deadline.js';
import { type Moment, msBetween } from '../../time/store-clock.js';

/** Proxies, servers and frozen processes lose connections that were silent for longer than this. */
const IDLE_MS = 10_000;
/** A connection that was idle and does not answer by then is taken for lost. */
const GREETING_MS = 500;

const now = (): Moment => ({ monotonic: performance.now(), wall: Date.now() });

/**
 * Remembers when each pooled connection was last used. A pool hands out a connection that broke while the process was
 * frozen, or that a proxy has forgotten, and cannot know it: one that was idle for long is asked first.
 */
export class IdleConnections {
  private readonly lastUse = new WeakMap<object, Moment>();
  /** The last use of the newest connection that was found dead: those that have been idle for longer are dead, too. */
  private deadSince: Moment | undefined;

  /** Whether a connection had served before. */
  isReused(connection: object): boolean {
    return this.lastUse.has(connection);
  }

  /** Asks a connection that was idle for long, with `greet`. Throws NothingDone when it does not answer. */
  async check(connection: object, greet: () => Promise<unknown>): Promise<void> {
    const last = this.lastUse.get(connection);
    if (!last || msBetween(last, now()) < IDLE_MS) return;
    if (this.deadSince && last.monotonic <= this.deadSince.monotonic)
      throw new NothingDone(new Error('the connection was idle for long'));
    try {
      await inTime(GREETING_MS, greet());
    } catch (error) {
      this.deadSince = last;
      throw new NothingDone(error);
    }
  }

  /** It was used until just now. */
  used(connection: object): void {
    this.lastUse.set(connection, now());
  }
}
