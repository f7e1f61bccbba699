import type { Breach } from './findings.js';
import type { Rule } from './model-store.js';
import type { Scenario } from './scenario.js';
import { type Move, run } from './schedule.js';

/**
 * The least of a schedule that still breaks an invariant: whole actors go first, then single items, then the last
 * steps of items and the faults; and what remains of a request is pulled together, so that nothing is interleaved
 * that need not be. A schedule that is cut short ends with the epilogue like any other.
 */
export async function shrink(
  rule: Rule,
  scenario: Scenario,
  moves: readonly Move[],
  invariant: Breach['invariant'],
): Promise<readonly Move[]> {
  const breaks = async (candidate: readonly Move[]) => {
    const { findings } = await run(rule, scenario, candidate);
    return findings.breaches.some((breach) => breach.invariant === invariant);
  };
  let least = moves;
  for (let shrunk = true; shrunk;) {
    shrunk = false;
    for (const candidate of smaller(least)) {
      if (!(await breaks(candidate))) continue;
      least = candidate;
      shrunk = true;
      break;
    }
  }
  return least;
}

/** What came of the least schedule, one line per happening. */
export async function storyOf(
  rule: Rule,
  scenario: Scenario,
  moves: readonly Move[],
  invariant: Breach['invariant'],
): Promise<readonly string[]> {
  const world = await run(rule, scenario, await shrink(rule, scenario, moves, invariant));
  const { story } = world;
  // What comes after the breach explains nothing.
  return story!.slice(0, story!.findIndex((line) => line.includes(`${invariant} BROKEN`)) + 1);
}

function* smaller(moves: readonly Move[]): Generator<readonly Move[]> {
  for (const actor of new Set(moves.map((move) => move.actor))) {
    yield moves.filter((move) => move.actor !== actor);
  }
  const items = [...new Set(moves.map(itemOf))];
  for (const item of items) yield moves.filter((move) => itemOf(move) !== item);
  for (const item of items) {
    const last = moves.findLastIndex((move) => itemOf(move) === item);
    yield moves.toSpliced(last, 1);
  }
  for (const [index, move] of moves.entries()) {
    if (move.variant > 0) yield moves.with(index, { ...move, variant: 0 });
  }
  // Pulling only ever moves the steps of a request towards its first, so this comes to an end.
  for (const [index, move] of moves.entries()) {
    const before = moves.slice(0, index).findLastIndex((other) => itemOf(other) === itemOf(move));
    if (before === -1 || before === index - 1) continue;
    yield moves.toSpliced(index, 1).toSpliced(before + 1, 0, move);
  }
}

function itemOf({ actor, item }: Move): string {
  return `${actor}.${item}`;
}
