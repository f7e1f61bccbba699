import type { Clock } from '../time/clock.js';
import { inTime } from '../time/in-time.js';
import type { Announcement } from './announcement.js';
import { AnnouncementHoles, type Run } from './announcement-holes.js';
import type { AnnouncementLog, AnnouncementReading } from './announcement-log.js';

const PAGE = 5_000;
/** Of a run that is read again: more than come in it by themselves. */
const FIRST_OF_RUN = 100;
/** As many as one statement asks for by their ids. */
const IDS_AT_ONCE = 512;
/** A store of somebody else's may have no deadline of its own. */
const PAGE_DEADLINE_MS = 10_000;
/** All of it is read again so long after it was read last, a page at a time. */
const AGAIN_MS = 30_000;
const PAGE_EVERY_MS = 500;
const MOST_PAGES = 20;

/** `too_many`, `too_slow`: what was read is not everything, so no request may be decided by it. */
export type Reading = AnnouncementReading | 'too_many' | 'too_slow';

/**
 * Reads announcements completely. Ids are not committed in their order, and a host's transaction may stay open for
 * long, so "greater than the last one" misses some, and so does any overlap in time. Everything is read once; then what is
 * new, those ids that were passed over, and, from time to time and a page at a time, everything again: a transaction that
 * was open for longer than ids are asked for again is found so.
 */
export class AnnouncementReader {
  private readonly holes = new AnnouncementHoles();
  /** The greatest id that was read; null: everything has to be read. */
  private newest: number | null = null;
  /** Reading everything again: how far that has come, and how many live ones it has found. */
  private round: { readonly after: number; readonly live: number } | null = null;
  private roundAt = 0;

  constructor(
    private readonly log: AnnouncementLog,
    /** More live announcements than this are not read. */
    private readonly maxEntries: number,
    private readonly clock: Pick<Clock, 'monotonic'>,
    /** How long reading everything, or everything that is new, may take; null: as long as it takes. */
    private readonly readingMs: number | null = null,
    private readonly page = PAGE,
  ) {}

  /** What was announced since the last reading, or everything. */
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
    return { announcements: [...late, ...found.announcements, ...again], now: found.now };
  }

  private noteNew(after: number, { announcements, now }: AnnouncementReading): void {
    this.holes.note(after, announcements, now, this.clock.monotonic());
    this.newest = announcements.at(-1)?.id ?? after;
  }

  private async pagesAfter(after: number): Promise<Reading> {
    const startedAt = this.clock.monotonic();
    const announcements: Announcement[] = [];
    for (let live = 0; ;) {
      const read = await this.pageAfter(announcements.at(-1)?.id ?? after, this.page);
      for (const one of read.announcements) announcements.push(one);
      live += liveOf(read);
      if (live > this.maxEntries) return 'too_many';
      if (read.announcements.length < this.page) return { announcements, now: read.now };
      // Between two pages, and not while there is no answer: a store that is down is another matter.
      if (this.clock.monotonic() - startedAt > (this.readingMs ?? Infinity)) return 'too_slow';
    }
  }

  private async readHoles(): Promise<Announcement[]> {
    const { ids, runs } = this.holes.asked(this.clock.monotonic());
    const late: Announcement[] = [];
    for (let i = 0; i < ids.length; i += IDS_AT_ONCE) {
      const asked = this.log.readOf(ids.slice(i, i + IDS_AT_ONCE));
      late.push(...(await inTime(PAGE_DEADLINE_MS, asked)).announcements);
    }
    for (const run of runs) late.push(...(await this.readRun(run)));
    this.holes.fill(late.map(({ id }) => id));
    return late;
  }

  private async readRun({ first, last }: Run): Promise<Announcement[]> {
    const found: Announcement[] = [];
    for (let after = first - 1, limit = Math.min(FIRST_OF_RUN, this.page); ; limit = this.page) {
      const { announcements } = await this.pageAfter(after, limit);
      for (const one of announcements) if (one.id <= last) found.push(one);
      after = announcements.at(-1)?.id ?? last;
      if (announcements.length < limit || after >= last) return found;
    }
  }

  /** The next pages of everything, when it is time. */
  private async readAgain(): Promise<readonly Announcement[] | 'too_many'> {
    const passed = this.clock.monotonic() - this.roundAt;
    if (passed < (this.round ? PAGE_EVERY_MS : AGAIN_MS)) return [];
    const pages = this.round ? Math.min(MOST_PAGES, Math.floor(passed / PAGE_EVERY_MS)) : 1;
    const found: Announcement[] = [];
    let round = this.round ?? { after: 0, live: 0 };
    this.roundAt = this.clock.monotonic();
    for (let i = 0; i < pages; i++) {
      const read = await this.pageAfter(round.after, this.page);
      for (const one of read.announcements) found.push(one);
      round = { after: read.announcements.at(-1)?.id ?? round.after, live: round.live + liveOf(read) };
      if (round.live > this.maxEntries) return 'too_many';
      this.round = read.announcements.length < this.page ? null : round;
      if (!this.round) break;
    }
    this.holes.fill(found.map(({ id }) => id));
    return found;
  }

  private pageAfter(after: number, limit: number): Promise<AnnouncementReading> {
    return inTime(PAGE_DEADLINE_MS, this.log.readAfter(after, limit));
  }
}

function liveOf({ announcements, now }: AnnouncementReading): number {
  return announcements.reduce((count, { expiresAt }) => (expiresAt > now ? count + 1 : count), 0);
}
