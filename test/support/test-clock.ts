import { Clock } from '../../libs/auth/src/time/clock.js';

/** The clock of this machine, which a test moves on; the database's clock stays. */
export class TestClock extends Clock {
  private moved = 0;
  now = (): number => Date.now() + this.moved;
  monotonic = (): number => performance.now() + this.moved;
  pass(ms: number): void {
    this.moved += ms;
  }
}
