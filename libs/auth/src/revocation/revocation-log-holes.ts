import type { RevocationEvent } from './revocation-event.js';

/** How long an id that did not come is asked for again: longer than transactions are left open. */
const HOLE_LIFE_MS = 5 * 60_000;
/** Runs of missing ids that are told apart. */
const MAX_RUNS = 5_000;
/** A run of up to so many ids is asked for id by id. */
const SHORT = 50;
const MAX_IDS = 2_000;
const MAX_LONG_RUNS = 8;

/** Ids that were passed over, one after the other. */
export interface Run {
  readonly first: number;
  readonly last: number;
  /** By the monotonic clock of this process: when no transaction is taken for open any more. */
  readonly until: number;
}

/** What to ask for again: single ids, and runs that are cheaper to read than to name. */
export interface Asked {
  readonly ids: readonly number[];
  readonly runs: readonly Run[];
}

/**
 * Ids below the newest one that were not there when it was read: of a transaction that is open, that was rolled back, or
 * of a revocation that was replaced before it was read. The first must not be missed, and nothing tells them apart. So
 * none is ever dropped for the number of others: with very many, neighbours become one run, and revocations that lie
 * between them are read again.
 */
export class RevocationLogHoles {
  /** By ascending ids, none touching another. */
  private runs: Run[] = [];

  clear(): void {
    this.runs = [];
  }

  /**
   * Notes the ids that were passed over between `after` and the revocations, which are by ascending id. An id was given
   * no later than the next one: the instant of the next revocation tells how long its transaction can be open by now.
   * `now`: the store's clock; `at`: the monotonic clock.
   */
  note(after: number, revocations: readonly RevocationEvent[], now: number, at: number): void {
    let last = after;
    for (const { id, createdAt } of revocations) {
      // A clock that was put back must not make a hole live longer.
      const age = Math.max(0, now - createdAt);
      if (id > last + 1 && age < HOLE_LIFE_MS)
        this.runs.push({ first: last + 1, last: id - 1, until: at + HOLE_LIFE_MS - age });
      last = Math.max(last, id);
    }
    if (this.runs.length > MAX_RUNS) this.runs = joined(this.runs, distanceThatLeaves(MAX_RUNS, this.runs));
  }

  /** These ids have come. */
  fill(ids: readonly number[]): void {
    for (const id of ids) {
      const at = this.find(id);
      const run = at === undefined ? undefined : this.runs[at];
      // A long run is not split: its known ids are read again, until its time has passed.
      if (at === undefined || !run || run.last - run.first >= SHORT) continue;
      const rest = [
        { ...run, last: id - 1 },
        { ...run, first: id + 1 },
      ];
      this.runs.splice(at, 1, ...rest.filter(({ first, last }) => first <= last));
    }
  }

  /** What may still come, at this instant of the monotonic clock. */
  asked(at: number): Asked {
    this.runs = this.runs.filter(({ until }) => until > at);
    for (let distance = 0; ; distance = distance * 4 + 16) {
      const runs = joined(this.runs, distance);
      const long = runs.filter((run) => run.last - run.first >= SHORT);
      const short = runs.filter((run) => run.last - run.first < SHORT);
      const ids = short.flatMap(({ first, last }) =>
        Array.from({ length: last - first + 1 }, (_, i) => first + i),
      );
      if (ids.length <= MAX_IDS && long.length <= MAX_LONG_RUNS) return { ids, runs: long };
    }
  }

  /** Where the run is that has this id. */
  private find(id: number): number | undefined {
    let low = 0;
    let high = this.runs.length - 1;
    while (low <= high) {
      const middle = (low + high) >> 1;
      const { first, last } = this.runs[middle]!;
      if (id < first) high = middle - 1;
      else if (id > last) low = middle + 1;
      else return middle;
    }
    return undefined;
  }
}

/** The runs, those of them as one between which lie at most so many ids. */
function joined(runs: readonly Run[], distance: number): Run[] {
  const result: Run[] = [];
  for (const run of runs) {
    const before = result.at(-1);
    if (before && run.first - before.last - 1 <= distance)
      result[result.length - 1] = {
        first: before.first,
        last: run.last,
        until: Math.max(before.until, run.until),
      };
    else result.push(run);
  }
  return result;
}

/** The least distance that leaves at most so many runs when neighbours are joined. */
function distanceThatLeaves(most: number, runs: readonly Run[]): number {
  const distances = runs.slice(1).map((run, i) => run.first - runs[i]!.last - 1);
  return distances.sort((a, b) => a - b)[runs.length - most - 1] ?? 0;
}
