import { MAX_REPLACEMENTS, OPTIONS } from './model-options.js';

/** An instant by the database's clock, which may be put back or forward: the promise is by that clock. */
export type Instant = number;

/** A token that was exchanged, as seen from outside: who got what for it, and when. */
export interface Rotation {
  readonly parent: string;
  /** What was handed out for it: the last one counts, those before it were replaced by late retries. */
  readonly successors: readonly string[];
  readonly at: Instant;
  readonly replacedAt: Instant | null;
  /** Where in the schedule: clocks may stand still. */
  readonly step: number;
  readonly replacedStep: number;
  readonly key: string | null;
  /** A step-up: its parent has no claim to what it was exchanged for. */
  readonly closed: boolean;
}

export interface FamilyHistory {
  readonly id: string;
  readonly openedAt: Instant;
  readonly usedAt: Instant;
  readonly revoked: boolean;
}

/** All that happened so far. Never changed: the next history is another object. */
export interface History {
  readonly families: readonly FamilyHistory[];
  readonly rotations: readonly Rotation[];
  /** Tokens that were handed out, and whose rotation the database has lost. */
  readonly lost: readonly string[];
}

export interface Presented {
  readonly token: string;
  readonly familyId: string;
  readonly key: string | null;
  readonly stepUp: boolean;
  /** Where in the schedule its request arrived. */
  readonly arrivedStep: number;
}

/**
 * What the promise of the documentation says must come of a presentation:
 * - `rotate`: the current token; it gets a successor
 * - `same`: its parent, in time; it gets the same successor
 * - `replace`: its parent, late, with the key; it gets another successor, and the first is dead
 * - `refuse`: nothing is given and nothing revoked (the parent of a step-up; one retry too many)
 * - `revoke`: reuse
 * - `overtaken`: the named exclusion. It arrived in time, and was overtaken in the server by a rotation of its
 *   successor (or, holding a successor, by the late retry that replaced it): nothing may be given
 * - `desynchronised`: a token that the database does not know yet, or not any more: nothing is given or revoked
 * - `revoked`, `expired`: nothing may be given
 */
export type Expected =
  | 'rotate'
  | 'same'
  | 'replace'
  | 'refuse'
  | 'revoke'
  | 'overtaken'
  | 'desynchronised'
  | 'revoked'
  | 'expired';

export const NOTHING_HAPPENED: History = { families: [], rotations: [], lost: [] };

/**
 * The observer's own account of I2 to I5: told from the schedule (what was handed out for what, and when), never from
 * a row and never by asking the decision under test.
 */
export function expectedOf(
  { families, rotations, lost }: History,
  presented: Presented,
  arrived: Instant,
): Expected {
  const family = families.find(({ id }) => id === presented.familyId);
  if (!family || family.revoked) return 'revoked';
  if (arrived >= family.openedAt + OPTIONS.absoluteMs || arrived >= family.usedAt + OPTIONS.idleMs) {
    return 'expired';
  }
  if (lost.includes(presented.token)) {
    const known = rotations.map(({ parent }) => generationOf(parent) + 1);
    return generationOf(presented.token) >= Math.max(0, ...known) ? 'desynchronised' : 'revoke';
  }
  const rotation = rotations.find(({ parent }) => parent === presented.token);
  if (!rotation) {
    const bearer = rotations.find(({ successors }) => successors.includes(presented.token));
    if (!bearer || bearer.successors.at(-1) === presented.token) return 'rotate';
    return bearer.replacedStep > presented.arrivedStep ? 'overtaken' : 'revoke';
  }
  const further = rotations.find(({ parent }) => parent === rotation.successors.at(-1));
  if (further) return further.step > presented.arrivedStep ? 'overtaken' : 'revoke';

  const within = (since: Instant, ms: number) => arrived - since <= ms;
  if (within(rotation.at, OPTIONS.replayWindowMs)) {
    return rotation.closed || presented.stepUp ? 'refuse' : 'same';
  }
  const keyed = presented.key !== null && presented.key === rotation.key;
  if (!keyed || !within(rotation.at, OPTIONS.lateRetryMs)) return 'revoke';
  if (rotation.replacedAt !== null && within(rotation.replacedAt, OPTIONS.replayWindowMs)) return 'same';
  return rotation.successors.length <= MAX_REPLACEMENTS ? 'replace' : 'refuse';
}

/** The history after a token was handed out. */
export function exchanged(
  history: History,
  { token, familyId, key, stepUp }: Presented,
  expected: Expected,
  successor: string,
  at: Instant,
  step: number,
): History {
  const { families, rotations, lost } = history;
  const known = rotations.find(({ parent }) => parent === token);
  if (!known) {
    const rotation: Rotation = {
      parent: token,
      successors: [successor],
      at,
      replacedAt: null,
      step,
      replacedStep: 0,
      key,
      closed: stepUp,
    };
    const used = families.map((family) => (family.id === familyId ? { ...family, usedAt: at } : family));
    return { families: used, rotations: [...rotations, rotation], lost };
  }
  if (expected !== 'replace' || known.successors.includes(successor)) return history;
  const replaced = {
    ...known,
    successors: [...known.successors, successor],
    replacedAt: at,
    replacedStep: step,
  };
  return { families, rotations: rotations.map((one) => (one === known ? replaced : one)), lost };
}

export function opened(history: History, id: string, at: Instant): History {
  return { ...history, families: [...history.families, { id, openedAt: at, usedAt: at, revoked: false }] };
}

/** The history after the database fell back to an earlier state. */
export function fallenBack(before: History, { rotations, lost }: History): History {
  const kept = new Set(before.rotations.flatMap(({ successors }) => successors));
  const gone = rotations.flatMap(({ successors }) => successors).filter((token) => !kept.has(token));
  return { ...before, lost: [...lost, ...gone] };
}

function generationOf(token: string): number {
  return Number(token.split('/')[1]);
}

/** The history after a revocation was committed: of one family, or (undefined) of all there are. */
export function revoked(history: History, familyId: string | undefined): History {
  const families = history.families.map((family) =>
    familyId === undefined || family.id === familyId ? { ...family, revoked: true } : family,
  );
  return { ...history, families };
}
