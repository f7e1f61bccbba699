/** A counter that a try takes a unit of. */
export interface AttemptCounter {
  /** 32 lower-case hex digits: a keyed hash, so that no store holds an address or an identifier. */
  readonly id: string;
  /** How long a window lasts that begins with this unit, in milliseconds. */
  readonly windowMs: number;
}

/** A counter after a unit was taken. */
export interface AttemptCount {
  /** Units that were taken in this window, this one included. */
  readonly used: number;
  /** Milliseconds until the window ends. */
  readonly endsInMs: number;
  /** Which window of the counter this is, for `giveBack`: the instant at which it ends, or another number that names it. */
  readonly window: number;
}

/** Units to give back. */
export interface AttemptReturn {
  readonly id: string;
  /** As `take` gave it: in another window nothing is given back. */
  readonly window: number;
  /** `all`: the counter begins anew. */
  readonly units: 1 | 'all';
}

/**
 * Counts tries in windows. A window begins with the first unit and ends by itself. Each counter is counted in one step by the
 * store's own clock, so that tries at once on several nodes are never given the same number.
 */
export abstract class AttemptStore {
  /**
   * Takes one unit of each counter, however many were taken before, and gives the counts in the order of the counters. No
   * id comes twice.
   */
  abstract take(counters: readonly AttemptCounter[]): Promise<readonly AttemptCount[]>;

  /** Gives units back, in the windows in which they were taken. A counter never falls below 0. No id comes twice. */
  abstract giveBack(returns: readonly AttemptReturn[]): Promise<void>;

  /** Deletes up to `limit` counters whose window is over; how many. */
  abstract sweep(limit: number): Promise<number>;
}
