import type { Clock } from '../time/clock.js';
import { inTime } from '../time/deadline.js';
import type { RevocationEvent } from './revocation-event.js';
import { RevocationLogHoles, type Run } from './revocation-log-holes.js';
import type { RevocationLog, RevocationLogReading } from './revocation-log.js';

const PAGE = 5_000;
/** Of a run that is read again: more than come in it by themselves. */
const FIRST_OF_RUN = 100;
/** As many as one statement asks for by their ids. */
const IDS_AT_ONCE = 512;
/** A custom store may have no deadline of its own. */
const PAGE_DEADLINE_MS = 10_000;
/** All of it is read again so long after it was read last, a page at a time. */
const AGAIN_MS = 30_000;
const PAGE_EVERY_MS = 500;
const MOST_PAGES = 20;

/** `too_many`, `too_slow`: the read was not complete, so no request may be decided by it. */
export type Reading = RevocationLogReading | 'too_many' | 'too_slow';

/**
 * Reads revocations completely. Ids are not committed in their order, and a host's transaction may stay open for
 * long, so "greater than the last one" misses some, and so does any overlap in time. Everything is read once; then what is
 * new, those ids that were passed over, and, from time to time and a page at a time, everything again: a transaction that
 * was open for longer than ids are asked for again is found so.
 */
export class RevocationLogReader {
  private readonly holes = new RevocationLogHoles();
  /** The greatest id that was read; null: everything has to be read. */
  private newest: number | null = null;
  /** Reading everything again: how far that has come, and how many live ones it has found. */
  private round: { readonly after: number; readonly live: number } | null = null;
  private roundAt = 0;

  constructor(
    private readonly log: RevocationLog,
    /** More live revocations than this are not read. */
    private readonly maxEntries: number,
    private readonly clock: Pick<Clock, 'monotonic'>,
    /** How long reading everything, or everything that is new, may take; null: as long as it takes. */
    private readonly readingMs: number | null = null,
    private readonly page = PAGE,
  ) {}

  /** The revocations since the last read, or all of them. */
  read(): Promise<Reading> {
    return this.newest === null ? this.readAll() : this.readNew(this.newest);
  }

  /** The next reading starts from nothing: the connection was lost, or this process was away. */
  startAgain(): void {
    this.newest = null;
    this.round = null;
  }

  private async readAll(): Promise<Reading> {
    this.holes.clear();
    const found = await this.pagesAfter(0);
    if (typeof found === 'string') return found;
    this.noteNew(0, found);
    this.roundAt = this.clock.monotonic();
    return found;
  }

  private async readNew(newest: number): Promise<Reading> {
    const late = await this.readHoles();
    const found = await this.pagesAfter(newest);
    if (typeof found === 'string') return found;
    this.noteNew(newest, found);
    const again = await this.readAgain();
    if (again === 'too_many') return again;
    return { revocations: [...late, ...found.revocations, ...again], now: found.now };
  }

  private noteNew(after: number, { revocations, now }: RevocationLogReading): void {
    this.holes.note(after, revocations, now, this.clock.monotonic());
    this.newest = revocations.at(-1)?.id ?? after;
  }

  private async pagesAfter(after: number): Promise<Reading> {
    const startedAt = this.clock.monotonic();
    const revocations: RevocationEvent[] = [];
    for (let live = 0; ;) {
      const read = await this.pageAfter(revocations.at(-1)?.id ?? after, this.page);
      for (const one of read.revocations) revocations.push(one);
      live += liveOf(read);
      if (live > this.maxEntries) return 'too_many';
      if (read.revocations.length < this.page) return { revocations, now: read.now };
      // Between two pages, and not while there is no answer: a store that is down is another matter.
      if (this.clock.monotonic() - startedAt > (this.readingMs ?? Infinity)) return 'too_slow';
    }
  }

  private async readHoles(): Promise<RevocationEvent[]> {
    const { ids, runs } = this.holes.asked(this.clock.monotonic());
    const late: RevocationEvent[] = [];
    for (let i = 0; i < ids.length; i += IDS_AT_ONCE) {
      const asked = this.log.readOf(ids.slice(i, i + IDS_AT_ONCE));
      late.push(...(await inTime(PAGE_DEADLINE_MS, asked)).revocations);
    }
    for (const run of runs) late.push(...(await this.readRun(run)));
    this.holes.fill(late.map(({ id }) => id));
    return late;
  }

  private async readRun({ first, last }: Run): Promise<RevocationEvent[]> {
    const found: RevocationEvent[] = [];
    for (let after = first - 1, limit = Math.min(FIRST_OF_RUN, this.page); ; limit = this.page) {
      const { revocations } = await this.pageAfter(after, limit);
      for (const one of revocations) if (one.id <= last) found.push(one);
      after = revocations.at(-1)?.id ?? last;
      if (revocations.length < limit || after >= last) return found;
    }
  }

  /** The next pages of everything, when it is time. */
  private async readAgain(): Promise<readonly RevocationEvent[] | 'too_many'> {
    const passed = this.clock.monotonic() - this.roundAt;
    if (passed < (this.round ? PAGE_EVERY_MS : AGAIN_MS)) return [];
    const pages = this.round ? Math.min(MOST_PAGES, Math.floor(passed / PAGE_EVERY_MS)) : 1;
    const found: RevocationEvent[] = [];
    let round = this.round ?? { after: 0, live: 0 };
    this.roundAt = this.clock.monotonic();
    for (let i = 0; i < pages; i++) {
      const read = await this.pageAfter(round.after, this.page);
      for (const one of read.revocations) found.push(one);
      round = { after: read.revocations.at(-1)?.id ?? round.after, live: round.live + liveOf(read) };
      if (round.live > this.maxEntries) return 'too_many';
      this.round = read.revocations.length < this.page ? null : round;
      if (!this.round) break;
    }
    this.holes.fill(found.map(({ id }) => id));
    return found;
  }

  private pageAfter(after: number, limit: number): Promise<RevocationLogReading> {
    return inTime(PAGE_DEADLINE_MS, this.log.readAfter(after, limit));
  }
}

function liveOf({ revocations, now }: RevocationLogReading): number {
  return revocations.reduce((count, { expiresAt }) => (expiresAt > now ? count + 1 : count), 0);
}
