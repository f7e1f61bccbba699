import { Clock } from '../time/clock.js';
import { type Duration, durationMs } from '../time/duration.js';

/**
 * A clock that stands still until a test moves it: for tests of expiry, without waiting. Give it to the application in
 * place of `Clock`, and to its `MemoryStores`. Then it decides on everything: access tokens, sessions, refresh tokens.
 * A database keeps its own clock. With one, this clock decides on access tokens alone.
 *
 * @example
 * ```ts
 * import { Test } from '@nestjs/testing';
 * import { AuthStores } from 'nestjs-aerie/stores';
 * import { Clock, ManualClock, MemoryStores } from 'nestjs-aerie/testing';
 *
 * declare const AppModule: new () => object; // yours
 *
 * export const clock = new ManualClock();
 * export const testing = Test.createTestingModule({ imports: [AppModule] })
 *   .overrideProvider(Clock)
 *   .useValue(clock)
 *   .overrideProvider(AuthStores)
 *   .useValue(new MemoryStores(clock));
 * // later: clock.advance('16m');
 * ```
 */
export class ManualClock extends Clock {
  private at: number;

  /** `start`: default now. */
  constructor(start: Date = new Date()) {
    super();
    this.at = start.getTime();
    if (!Number.isFinite(this.at)) throw new RangeError('ManualClock: "start" must be a valid date');
  }

  now(): number {
    return this.at;
  }

  monotonic(): number {
    return this.at;
  }

  /** Moves it forward. Throws RangeError for what is no duration, such as `'16m'`. */
  advance(by: Duration): void {
    const ms = durationMs(by);
    if (ms === undefined)
      throw new RangeError(`ManualClock: ${JSON.stringify(by)} is no duration such as '16m'`);
    this.at += ms;
  }
}
