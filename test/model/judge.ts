import { exchanged, type Expected, expectedOf, type Presented, revoked } from './history.js';
import type { Breach, Findings } from './findings.js';
import { tokenName } from './story.js';
import type { World } from './world.js';

/** What the server did with a token: handed out another, or refused it, and why. */
export type Result = { readonly successor: string } | { readonly refused: string };

export interface Presentation extends Presented {
  readonly who: string;
  readonly thief: boolean;
  readonly arrivedAt: number;
}

const COVERED: ReadonlySet<Expected> = new Set(['rotate', 'same', 'replace', 'refuse', 'desynchronised']);
const GIVES: ReadonlySet<Expected> = new Set(['rotate', 'same', 'replace']);

/**
 * Compares what came of a presentation with what had to, and writes it into the world's history and findings.
 *
 * The promise is by the database's clock, and so is the judgement. Whatever a process believes the time to be, the
 * one clock that all processes share is the one that wrote `rotated_at`; no server can tell a jump of it from time that
 * passed. Put back, it makes the window longer; put forward past the window, it makes an honest retry look late, which
 * ends the family as any late retry does (`outsideThePromise`). What a jump never does: hand out a second chain, or
 * bring back what was revoked.
 */
export function judge(world: World, presentation: Presentation, result: Result): void {
  const { history } = world;
  // The time a request waited is measured by its process, and no jump of the database's clock is in it.
  const arrived = world.instant - (world.now - presentation.arrivedAt);
  const expected = expectedOf(history, presentation, arrived);
  if (!fits(world, presentation, expected, result)) blame(world, presentation, expected, result);
  if (!('successor' in result) && result.refused === 'reused') {
    world.history = revoked(history, presentation.familyId);
  } else if ('successor' in result) {
    const { instant, step } = world;
    world.history = exchanged(history, presentation, expected, result.successor, instant, step);
  }
  classify(world, presentation, expected, result);
}

function fits(world: World, { token }: Presented, expected: Expected, result: Result): boolean {
  if ('refused' in result) {
    if (expected === 'revoke') return result.refused === 'reused';
    if (expected === 'refuse') return result.refused === 'superseded';
    if (expected === 'desynchronised') return result.refused === 'desynchronised';
    if (expected === 'overtaken') return result.refused !== 'desynchronised';
    // Whatever the reason: a process may have read the family before it ended.
    return (expected === 'revoked' || expected === 'expired') && result.refused !== 'reused';
  }
  const known = world.history.rotations.find(({ parent }) => parent === token)?.successors ?? [];
  if (expected === 'same') return result.successor === known.at(-1);
  return (expected === 'rotate' || expected === 'replace') && !known.includes(result.successor);
}

function blame(world: World, { who, token }: Presentation, expected: Expected, result: Result): void {
  const came = 'refused' in result ? `was refused (${result.refused})` : 'was handed a token';
  report(
    world,
    invariantOf(expected, result),
    () => `${who} presented ${tokenName(world, token)} and ${came}, where the promise is: ${expected}`,
  );
}

function invariantOf(expected: Expected, result: Result): Breach['invariant'] {
  if (expected === 'revoked') return 'I4';
  if (expected === 'expired') return 'I5';
  if ('successor' in result && GIVES.has(expected)) return 'I1';
  if ('successor' in result || !COVERED.has(expected)) return 'I3';
  // Refused as it had to be, but not as what it was.
  return expected === 'refuse' && result.refused !== 'reused' ? 'I3' : 'I2';
}

function classify(world: World, { thief }: Presentation, expected: Expected, result: Result): void {
  const { findings } = world;
  const reused = 'refused' in result && result.refused === 'reused';
  const found: Partial<Findings> = {};
  if (reused && !thief && !findings.thiefActed) {
    if (COVERED.has(expected)) Object.assign(found, { falseLogout: true });
    else if (expected === 'revoke' || expected === 'overtaken') {
      Object.assign(found, { outsideThePromise: true });
    }
  }
  if ('successor' in result) {
    if (expected === 'revoked') Object.assign(found, { acceptedAfterRevocation: true });
    else if (thief && !GIVES.has(expected)) Object.assign(found, { silentTheft: true });
  }
  note(world, thief ? { ...found, thiefActed: true } : found);
}

/** Adds to what was found. */
export function note(world: World, found: Partial<Findings>): void {
  for (const name in found) {
    if (world.findings[name as keyof Findings] !== found[name as keyof Findings]) {
      world.findings = { ...world.findings, ...found };
      return;
    }
  }
}

/** An invariant that does not hold. */
export function report(world: World, invariant: Breach['invariant'], text: () => string): void {
  const { findings } = world;
  // One breach of a kind is enough to tell; a rival breaks them all day long.
  if (findings.breaches.some((known) => known.invariant === invariant)) return;
  const breach = { invariant, text: text() };
  world.findings = { ...findings, breaches: [...findings.breaches, breach] };
  world.tell(() => `   ${invariant} BROKEN: ${breach.text}`);
}
