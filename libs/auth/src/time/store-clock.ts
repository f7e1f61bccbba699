import type { Clock } from './clock.js';

/** What this process knows of the clock of its store, by which limits that several nodes share are decided. */
export class StoreClock {
  private storeNow: number | undefined;
  private sentMonotonic = 0;
  private sentWall = 0;

  constructor(private readonly clock: Clock) {}

  /** An answer said what the time is there; the instants are those of this process when the question was sent. */
  learn(storeNow: number, sentMonotonic: number, sentWall: number): void {
    if (!Number.isFinite(storeNow) || (this.storeNow !== undefined && sentMonotonic < this.sentMonotonic))
      return;
    this.storeNow = storeNow;
    this.sentMonotonic = sentMonotonic;
    this.sentWall = sentWall;
  }

  /**
   * Epoch milliseconds there: a little late, never early. Of the monotonic and the wall clock the one that went further
   * is believed: a suspended machine stops the first. `undefined` before the first answer.
   */
  now(): number | undefined {
    const steady = this.steady();
    return steady === undefined
      ? undefined
      : Math.max(steady, this.storeNow! + this.clock.now() - this.sentWall);
  }

  /** The same by the monotonic clock alone: for instants that are written down, which no jump of a wall clock may move. */
  steady(): number | undefined {
    if (this.storeNow === undefined) return undefined;
    return this.storeNow + this.clock.monotonic() - this.sentMonotonic;
  }
}
