/** Where this process reads the time. Limits that several nodes share are decided by the database's clock instead. */
export abstract class Clock {
  /** Wall clock, epoch milliseconds. */
  abstract now(): number;
  /** Milliseconds that only grow: for measuring how long something took. */
  abstract monotonic(): number;
}

export class SystemClock extends Clock {
  now(): number {
    return Date.now();
  }
  monotonic(): number {
    return performance.now();
  }
}
