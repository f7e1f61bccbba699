import type { Clock } from './clock.js';

/** One moment by both clocks of this process. */
export interface Moment {
  readonly monotonic: number;
  readonly wall: number;
}

/** Milliseconds between two moments, by the clock that went further: a suspended machine stops the monotonic one. */
export function msBetween(earlier: Moment, later: Moment): number {
  return Math.max(later.monotonic - earlier.monotonic, later.wall - earlier.wall);
}

/** This process's estimate of its store's clock, which decides on limits that several nodes share. */
export class StoreClock {
  private storeNow: number | undefined;
  private sentMonotonic = 0;
  private sentWall = 0;

  constructor(private readonly clock: Clock) {}

  /** This moment: to be taken just before the store is asked. */
  moment(): Moment {
    return { monotonic: this.clock.monotonic(), wall: this.clock.now() };
  }

  /** An answer had the store's time; the instants are those of this process when the question was sent. */
  learn(storeNow: unknown, sentMonotonic: number, sentWall: number): void {
    if (typeof storeNow !== 'number' || !Number.isFinite(storeNow)) return;
    // Answers may arrive in another order: the one to the latest question counts.
    if (this.storeNow !== undefined && sentMonotonic < this.sentMonotonic) return;
    this.storeNow = storeNow;
    this.sentMonotonic = sentMonotonic;
    this.sentWall = sentWall;
  }

  /** Epoch milliseconds there, now: a little late, never early. `undefined` before the first answer. */
  now(): number | undefined {
    return this.at(this.moment());
  }

  /**
   * The same at another moment. Of the monotonic and the wall clock the one that went further is believed: a suspended
   * machine stops the first.
   */
  at({ monotonic, wall }: Moment): number | undefined {
    if (this.storeNow === undefined) return undefined;
    return this.storeNow + Math.max(monotonic - this.sentMonotonic, wall - this.sentWall);
  }

  /** By the monotonic clock alone: for instants that are written down, which no jump of a wall clock may move. */
  steady(at: Pick<Moment, 'monotonic'> = this.moment()): number | undefined {
    if (this.storeNow === undefined) return undefined;
    return this.storeNow + at.monotonic - this.sentMonotonic;
  }
}
