import { StoreUnavailableError } from '../errors/auth-error.js';
import { RefreshBusyError } from '../errors/busy-error.js';
import type { Requester } from '../principal/requester.js';

/** More than honest tabs and retries are, and as many as one connection answers at once. */
const PLACES = 50;
const LONGEST_WAIT_MS = 5_000;

interface Waiting {
  readonly requester: Requester;
  readonly enter: () => void;
  readonly refuse: (error: Error) => void;
}

interface Line {
  inside: number;
  readonly waiting: Waiting[];
}

/**
 * Lets few uses of a family at a time go on, in this process. Unbounded, parallel uses of one refresh token would wait in the
 * database for the family's row, each with a connection that all others need. Every use still gets an answer of its own,
 * since each is judged by its age, its key and its requester. Beyond 50 that wait, and after five seconds, a use is refused. A
 * store that could not answer one of them is told to those who wait: one after the other, they would add up its deadlines.
 */
export class FamilyTurns {
  private readonly lines = new Map<string, Line>();

  constructor(private readonly atOnce: number) {}

  /** What `use` gives, once it is this use's turn. Throws RefreshBusyError, StoreUnavailableError. */
  async take<T>(familyId: string, requester: Requester, use: () => Promise<T>): Promise<T> {
    let line = this.lines.get(familyId);
    if (!line) this.lines.set(familyId, (line = { inside: 0, waiting: [] }));
    if (line.inside < this.atOnce) line.inside++;
    else await turn(line.waiting, requester);
    try {
      return await use();
    } catch (error) {
      // A client that hung up is given up in the same form.
      if (error instanceof StoreUnavailableError && !hasLeft(requester))
        for (const waiting of line.waiting.splice(0))
          waiting.refuse(new StoreUnavailableError({ cause: error }));
      throw error;
    } finally {
      this.passOn(familyId, line);
    }
  }

  /** How many families are in use. */
  get size(): number {
    return this.lines.size;
  }

  /** The place passes on in this turn of the event loop, so a later call does not get ahead of those that wait. */
  private passOn(familyId: string, line: Line): void {
    for (let next = line.waiting.shift(); next; next = line.waiting.shift()) {
      if (!hasLeft(next.requester)) return next.enter();
      next.refuse(new RefreshBusyError());
    }
    if (--line.inside === 0) this.lines.delete(familyId);
  }
}

function turn(line: Waiting[], requester: Requester): Promise<void> {
  if (line.length >= PLACES) dropGone(line);
  if (line.length >= PLACES) return Promise.reject(new RefreshBusyError());
  return new Promise((resolve, reject) => {
    const waiting: Waiting = {
      requester,
      enter: () => (clearTimeout(timer), resolve()),
      refuse: (error) => (clearTimeout(timer), reject(error)),
    };
    const timer = setTimeout(() => {
      line.splice(line.indexOf(waiting), 1);
      waiting.refuse(new RefreshBusyError());
    }, LONGEST_WAIT_MS);
    line.push(waiting);
  });
}

function dropGone(line: Waiting[]): void {
  for (const waiting of line.filter(({ requester }) => hasLeft(requester))) {
    line.splice(line.indexOf(waiting), 1);
    waiting.refuse(new RefreshBusyError());
  }
}

function hasLeft(requester: Requester): boolean {
  return requester.hasLeft?.() === true;
}
