import type { Clock } from '../time/clock.js';
import { inTime } from '../time/in-time.js';
import type { Announcement } from './announcement.js';
import type { AnnouncementLog, AnnouncementReading } from './announcement-log.js';

/** Up to so many live announcements are read whole, every time: in one statement, which cannot miss any. */
const PAGE = 5_000;
const FULL_AGAIN_MS = 30_000;
/** How long an id that did not come is asked for again: longer than transactions are left open. */
const HOLE_LIFE_MS = 5 * 60_000;
const MAX_HOLES = 10_000;
const HOLES_AT_ONCE = 1_000;
/** A store of somebody else's may have no deadline of its own. */
const PAGE_DEADLINE_MS = 10_000;
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
    const { ids } = found;
    this.newest = null;
    if (ids.length < PAGE) {
      this.holes.clear();
      return found;
    }
    for (const id of ids) this.holes.delete(id);
    this.noteHoles(known ?? Math.max(0, ids[0]! - 1 - BELOW_FIRST), ids);
    this.newest = ids.at(-1)!;
    this.readAllAt = startedAt;
    return found;
  }

  private async readNew(newest: number): Promise<AnnouncementReading | 'too_many'> {
    const reading = this.readings;
    const late = await this.readHoles();
    const found = await this.pagesAfter(newest, this.maxEntries);
    if (found === 'too_many') return found;
    if (reading !== this.readings) return { ...found, announcements: [...late, ...found.announcements] };
    this.noteHoles(newest, found.ids);
    this.newest = found.ids.at(-1) ?? newest;
    return { announcements: [...late, ...found.announcements], now: found.now };
  }

  private async pagesAfter(after: number, atMost: number): Promise<Pages | 'too_many'> {
    const ids: number[] = [];
    // The last of each: whoever announces the same a thousand times takes the room of one.
    const entries = new Map<string, Announcement>();
    for (;;) {
      const page = await inTime(PAGE_DEADLINE_MS, this.log.readAfter(ids.at(-1) ?? after, PAGE));
      for (const one of page.announcements) {
        ids.push(one.id);
        entries.set(`${one.kind} ${one.value}`, one);
      }
      if (page.announcements.length < PAGE)
        return { announcements: [...entries.values()], ids, now: page.now };
      if (entries.size > atMost) return 'too_many';
    }
  }

  private async readHoles(): Promise<Announcement[]> {
    const now = this.clock.monotonic();
    for (const [id, since] of this.holes) if (now - since > HOLE_LIFE_MS) this.holes.delete(id);
    const ids = [...this.holes.keys()];
    const late: Announcement[] = [];
    for (let i = 0; i < ids.length; i += HOLES_AT_ONCE) {
      const { announcements } = await inTime(
        PAGE_DEADLINE_MS,
        this.log.readOf(ids.slice(i, i + HOLES_AT_ONCE)),
      );
      late.push(...announcements);
    }
    for (const { id } of late) this.holes.delete(id);
    return late;
  }

  /** Notes the ids that were passed over; of very many the greatest, which are the likeliest to come yet. */
  private noteHoles(after: number, ids: readonly number[]): void {
    const now = this.clock.monotonic();
    const passed = idsPassedOver(after, ids).filter((id) => !this.holes.has(id));
    let tooMany = this.holes.size + passed.length - MAX_HOLES;
    for (const id of this.holes.keys()) {
      if (tooMany-- <= 0) break;
      this.holes.delete(id);
    }
    // In their order: the first ones make room for others.
    for (const id of passed.reverse()) this.holes.set(id, now);
  }
}

/** Everything after an id: each thing that was announced once, and every id that was read, ascending. */
interface Pages extends AnnouncementReading {
  readonly ids: readonly number[];
}

/** By descending id. */
function idsPassedOver(after: number, ids: readonly number[]): number[] {
  const passed: number[] = [];
  let next = ids.at(-1) ?? after;
  for (let i = ids.length - 1; i >= -1 && passed.length < MAX_HOLES; i--) {
    const id = Math.max(ids[i] ?? after, after);
    for (let hole = next - 1; hole > id && passed.length < MAX_HOLES; hole--) passed.push(hole);
    if (id === after) break;
    next = id;
  }
  return passed;
}
