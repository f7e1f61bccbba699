import type { Clock } from '../time/clock.js';
import type { Announcement } from './announcement.js';
import type { AnnouncementLog, AnnouncementReading } from './announcement-log.js';

/** Up to so many live announcements are read whole, every time: in one statement, which cannot miss any. */
const PAGE = 5_000;
const FULL_AGAIN_MS = 30_000;
/** How long an id that did not come is asked for again: longer than transactions are left open. */
const HOLE_LIFE_MS = 5 * 60_000;
const MAX_HOLES = 10_000;
const HOLES_AT_ONCE = 1_000;
/** So many ids below the first one may be of transactions that are open, where nothing older is known. */
const BELOW_FIRST = 1_000;

/**
 * Reads announcements completely. Ids are not committed in their order, and a host's transaction may stay open for
 * long, so "greater than the last one" misses some, and so does any overlap in time. While there are few, every one
 * is read each time. Above that: the new ones, and those ids that were passed over (holes), with all of them again
 * every 30 seconds.
 */
export class AnnouncementReader {
  /** The greatest id that was read; null: everything has to be read. */
  private newest: number | null = null;
  private readAllAt = 0;
  /** A reading that was given up may still come to its end: it must not pass for this one's past. */
  private readings = 0;
  /** Ids that were passed over, and since when. */
  private readonly holes = new Map<number, number>();

  constructor(
    private readonly log: AnnouncementLog,
    private readonly maxEntries: number,
    private readonly clock: Pick<Clock, 'monotonic'>,
  ) {}

  /** What was announced since the last reading, or everything. `too_many`: nothing was read. */
  async read(): Promise<AnnouncementReading | 'too_many'> {
    const { newest } = this;
    const whole = newest === null || this.clock.monotonic() - this.readAllAt >= FULL_AGAIN_MS;
    return whole ? this.readAll() : this.readNew(newest);
  }

  /** The next reading starts from nothing: the connection was lost, or this process was away. */
  startAgain(): void {
    this.newest = null;
    this.readings++;
  }

  private async readAll(): Promise<AnnouncementReading | 'too_many'> {
    const startedAt = this.clock.monotonic();
    const known = this.newest;
    const reading = this.readings;
    const found = await this.pagesAfter(0, this.maxEntries);
    if (found === 'too_many' || reading !== this.readings) return found;
    const { announcements } = found;
    this.newest = null;
    if (announcements.length < PAGE) {
      this.holes.clear();
      return found;
    }
    for (const { id } of announcements) this.holes.delete(id);
    this.noteHoles(known ?? Math.max(0, announcements[0]!.id - 1 - BELOW_FIRST), announcements);
    this.newest = announcements.at(-1)!.id;
    this.readAllAt = startedAt;
    return found;
  }

  private async readNew(newest: number): Promise<AnnouncementReading | 'too_many'> {
    const reading = this.readings;
    const late = await this.readHoles();
    const found = await this.pagesAfter(newest, this.maxEntries);
    if (found === 'too_many') return found;
    if (reading !== this.readings) return { ...found, announcements: [...late, ...found.announcements] };
    this.noteHoles(newest, found.announcements);
    this.newest = found.announcements.at(-1)?.id ?? newest;
    return { announcements: [...late, ...found.announcements], now: found.now };
  }

  private async pagesAfter(after: number, atMost: number): Promise<AnnouncementReading | 'too_many'> {
    const announcements: Announcement[] = [];
    for (;;) {
      const page = await this.log.readAfter(announcements.at(-1)?.id ?? after, PAGE);
      for (const one of page.announcements) announcements.push(one);
      if (page.announcements.length < PAGE) return { announcements, now: page.now };
      if (announcements.length > atMost) return 'too_many';
    }
  }

  private async readHoles(): Promise<Announcement[]> {
    const now = this.clock.monotonic();
    for (const [id, since] of this.holes) if (now - since > HOLE_LIFE_MS) this.holes.delete(id);
    const ids = [...this.holes.keys()];
    const late: Announcement[] = [];
    for (let i = 0; i < ids.length; i += HOLES_AT_ONCE) {
      const { announcements } = await this.log.readOf(ids.slice(i, i + HOLES_AT_ONCE));
      late.push(...announcements);
    }
    for (const { id } of late) this.holes.delete(id);
    return late;
  }

  /** Notes the ids that were passed over; of very many the greatest, which are the likeliest to come yet. */
  private noteHoles(after: number, announcements: readonly Announcement[]): void {
    const now = this.clock.monotonic();
    const passed = idsPassedOver(after, announcements).filter((id) => !this.holes.has(id));
    let tooMany = this.holes.size + passed.length - MAX_HOLES;
    for (const id of this.holes.keys()) {
      if (tooMany-- <= 0) break;
      this.holes.delete(id);
    }
    // In their order: the first ones make room for others.
    for (const id of passed.reverse()) this.holes.set(id, now);
  }
}

/** By descending id. */
function idsPassedOver(after: number, announcements: readonly Announcement[]): number[] {
  const passed: number[] = [];
  let next = announcements.at(-1)?.id ?? after;
  for (let i = announcements.length - 1; i >= -1 && passed.length < MAX_HOLES; i--) {
    const id = Math.max(announcements[i]?.id ?? after, after);
    for (let hole = next - 1; hole > id && passed.length < MAX_HOLES; hole--) passed.push(hole);
    if (id === after) break;
    next = id;
  }
  return passed;
}
