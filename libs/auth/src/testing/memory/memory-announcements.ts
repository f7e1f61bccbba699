import type { Announcement, AnnouncementKind } from '../../revocation/announcement.js';
import { AnnouncementLog, type AnnouncementReading } from '../../revocation/announcement-log.js';
import type { Clock } from '../../time/clock.js';

const DAY_MS = 24 * 60 * 60_000;

/** AnnouncementLog in memory. Each announcement is of use for a day. */
export class MemoryAnnouncements extends AnnouncementLog {
  private written: Announcement[] = [];
  private newest = 0;

  constructor(private readonly clock: Pick<Clock, 'now'>) {
    super();
  }

  write(kind: AnnouncementKind, value: string, epoch: number | null = null): void {
    const createdAt = this.clock.now();
    if (kind !== 'sign_in' && kind !== 'token')
      this.written = this.written.filter((one) => one.kind !== kind || one.value !== value);
    this.written.push({ id: ++this.newest, kind, value, epoch, createdAt, expiresAt: createdAt + DAY_MS });
  }

  async readAfter(after: number, limit: number): Promise<AnnouncementReading> {
    return this.reading(({ id }) => id > after, limit);
  }

  async readOf(ids: readonly number[]): Promise<AnnouncementReading> {
    return this.reading(({ id }) => ids.includes(id), ids.length);
  }

  /** The values of all of a kind, in order. */
  of(kind: AnnouncementKind): string[] {
    return this.written.filter((one) => one.kind === kind).map(({ value }) => value);
  }

  sweep(limit: number): number {
    const now = this.clock.now();
    const past = new Set(this.written.filter(({ expiresAt }) => expiresAt < now).slice(0, limit));
    this.written = this.written.filter((one) => !past.has(one));
    return past.size;
  }

  private reading(asked: (one: Announcement) => boolean, limit: number): AnnouncementReading {
    const now = this.clock.now();
    const live = this.written.filter((one) => one.expiresAt > now && asked(one));
    return { announcements: live.slice(0, limit), now };
  }
}
