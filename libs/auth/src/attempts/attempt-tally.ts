import { Logger } from '@nestjs/common';
import { inTime } from '../time/deadline.js';
import type { Budget } from './attempt-budgets.js';
import type { AttemptCount, AttemptReturn, AttemptStore } from './attempt-store.js';
import { failureMessage } from '../errors/failure-message.js';

/** A budget, and its counter after a unit was taken. */
export interface Counted {
  readonly budget: Budget;
  readonly count: AttemptCount;
  /** Where it was counted: units go back to that place. */
  readonly store: AttemptStore;
}

const DEADLINE_MS = 2_000;
/** How long a store that failed is not asked: tries must not wait for it one by one. */
const PAUSE_MS = 5_000;
const LOGGED_EVERY_MS = 60_000;

/** Counts in the store that all processes share. While it is away, the memory of this process counts. */
export class AttemptTally {
  private readonly logger = new Logger('AuthModule');
  private awayUntil = -Infinity;
  private loggedAt = -Infinity;

  constructor(
    /** Null: the stores keep no attempts. */
    private readonly shared: AttemptStore | null,
    private readonly memory: AttemptStore,
    private readonly clock: { monotonic(): number },
  ) {}

  /** Takes a unit of each budget: in the shared store, or in this process. */
  async take(budgets: readonly Budget[], where: 'shared' | 'process'): Promise<readonly Counted[]> {
    if (budgets.length === 0) return [];
    // In the order of their ids: two tries that lock the same rows must not wait for each other.
    const sorted = [...budgets].sort(byId);
    if (where === 'shared' && this.shared && this.clock.monotonic() >= this.awayUntil) {
      try {
        return countedOf(this.shared, sorted, await inTime(DEADLINE_MS, this.shared.take(sorted)));
      } catch (error) {
        this.away(error);
      }
    }
    return countedOf(this.memory, sorted, await this.memory.take(sorted));
  }

  /** Never throws: what is not given back ends with its window. */
  async giveBack(counted: readonly Counted[], units: (budget: Budget) => 'all' | 1 | 0): Promise<void> {
    for (const store of new Set(counted.map((one) => one.store))) {
      const returns = counted.flatMap((one): AttemptReturn[] => {
        const given = units(one.budget);
        if (one.store !== store || given === 0) return [];
        return [{ id: one.budget.id, window: one.count.window, units: given }];
      });
      if (returns.length === 0) continue;
      await inTime(DEADLINE_MS, store.giveBack(returns.sort(byId))).catch((error: unknown) =>
        this.away(error),
      );
    }
  }

  private away(error: unknown): void {
    const now = this.clock.monotonic();
    this.awayUntil = now + PAUSE_MS;
    if (now - this.loggedAt < LOGGED_EVERY_MS) return;
    this.loggedAt = now;
    const why = failureMessage(error);
    this.logger.error(`the store of attempts failed, so this process counts by itself: ${why}`);
  }
}

const byId = (one: { readonly id: string }, other: { readonly id: string }): number =>
  one.id < other.id ? -1 : 1;

/** A custom store may return malformed values: they must not pass for a budget that is not used up. */
function countedOf(
  store: AttemptStore,
  budgets: readonly Budget[],
  counts: readonly (AttemptCount | undefined)[],
): readonly Counted[] {
  return budgets.map((budget, i) => {
    const count = counts[i];
    if (!count || ![count.used, count.endsInMs, count.window].every(Number.isFinite))
      throw new TypeError('"take" must return a count for each counter');
    return { budget, count, store };
  });
}
