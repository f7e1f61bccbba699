import { type AttemptCount, type AttemptCounter, type AttemptReturn, AttemptStore } from './attempt-store.js';

interface Counter {
  used: number;
  readonly endsAt: number;
}

/** About 20 MB. */
const MOST_COUNTERS = 100_000;

/**
 * AttemptStore in memory: each process counts for itself. Of more than 100,000 counters those that were used longest ago are
 * dropped.
 */
export class MemoryAttemptStore extends AttemptStore {
  /** Those that were used last stand last. */
  private readonly counters = new Map<string, Counter>();

  constructor(
    private readonly clock: { now(): number },
    private readonly most = MOST_COUNTERS,
  ) {
    super();
  }

  async take(counters: readonly AttemptCounter[]): Promise<readonly AttemptCount[]> {
    const now = this.clock.now();
    return counters.map((counter) => this.takeOne(counter, now));
  }

  async giveBack(returns: readonly AttemptReturn[]): Promise<void> {
    for (const { id, window, units } of returns) {
      const counter = this.counters.get(id);
      if (counter?.endsAt !== window) continue;
      counter.used = units === 'all' ? 0 : counter.used - 1;
      // So one that is kept has a unit to give back.
      if (counter.used === 0) this.counters.delete(id);
    }
  }

  async sweep(limit: number): Promise<number> {
    const now = this.clock.now();
    let swept = 0;
    for (const [id, { endsAt }] of this.counters) {
      if (swept >= limit) break;
      if (endsAt > now) continue;
      this.counters.delete(id);
      swept++;
    }
    return swept;
  }

  private takeOne({ id, windowMs }: AttemptCounter, now: number): AttemptCount {
    const known = this.counters.get(id);
    const counter = known && known.endsAt > now ? known : { used: 0, endsAt: now + windowMs };
    counter.used++;
    this.counters.delete(id);
    this.counters.set(id, counter);
    if (this.counters.size > this.most) this.counters.delete(this.counters.keys().next().value!);
    return { used: counter.used, endsInMs: counter.endsAt - now, window: counter.endsAt };
  }
}
