import type { AnnouncementKind } from '../revocation/announcement.js';
import type { Clock } from '../time/clock.js';

const DAY_MS = 24 * 60 * 60_000;

interface Announcement {
  readonly kind: AnnouncementKind;
  readonly value: string;
  readonly expiresAt: number;
}

/** Announcements in memory, each of which is of use for a day. */
export class MemoryAnnouncements {
  private written: Announcement[] = [];

  constructor(private readonly clock: Pick<Clock, 'now'>) {}

  write(kind: AnnouncementKind, value: string): void {
    this.written.push({ kind, value, expiresAt: this.clock.now() + DAY_MS });
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
}
