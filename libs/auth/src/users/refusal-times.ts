import { LRUCache } from 'lru-cache';

/** Kinds of hashes that are told apart, and the latest checks of each. */
const KINDS = 16;
const CHECKS = 16;
/** So that hardly any check of the slowest kind ends later than the wait. */
const MARGIN = 2;
const LONGEST_WAIT_MS = 5_000;

/**
 * How long the checks of each kind of hash take, by the beginning of its text. A refused password takes as long as the
 * slowest kind, so that time tells neither whether a name has a user nor which kind of hash the user has.
 */
export class RefusalTimes {
  private readonly kinds = new LRUCache<string, readonly number[]>({ max: KINDS });

  /** @param first the kind to take for the slowest until checks tell. */
  constructor(private readonly first: string) {}

  /** Notes how long a check took. */
  note(beginning: string, ms: number): void {
    const latest = this.kinds.get(beginning) ?? [];
    this.kinds.set(beginning, [...latest.slice(1 - CHECKS), ms]);
  }

  /** The kind that decoys are of. */
  slowest(): string {
    return this.kinds.has(this.first) ? this.slowestChecked().beginning : this.first;
  }

  /** How long a refusal after so many checks has to take, which is in time for its request; 0 while all checks are of one kind. */
  leastMs(checks = 1): number {
    return this.kinds.size < 2 ? 0 : Math.min(LONGEST_WAIT_MS, checks * MARGIN * this.slowestChecked().ms);
  }

  private slowestChecked(): { readonly beginning: string; readonly ms: number } {
    let slowest = { beginning: this.first, ms: 0 };
    for (const [beginning, latest] of this.kinds.entries()) {
      const ms = median(latest);
      if (ms >= slowest.ms) slowest = { beginning, ms };
    }
    return slowest;
  }
}

/** Not the longest: one check during a pause of the machine must not slow down all refusals. */
function median(times: readonly number[]): number {
  return times.toSorted((a, b) => a - b)[times.length >> 1]!;
}
