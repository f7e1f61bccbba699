import type { AuthCounters } from '../audit/auth-counters.js';
import type { Clock } from '../time/clock.js';

/** Measures the time from a notification until this process has read its revocation. */
export class NotificationLatency {
  /** When the first notification was heard that no poll has answered yet. */
  private heardAt: number | null = null;

  constructor(
    private readonly clock: Pick<Clock, 'monotonic'>,
    private readonly counters: AuthCounters,
  ) {}

  heard(): void {
    this.counters.notificationsReceived++;
    this.heardAt ??= this.clock.monotonic();
  }

  /** A poll that was sent before the notification may not know of it. */
  answered(sentAt: number): void {
    if (this.heardAt === null || sentAt < this.heardAt) return;
    this.counters.notificationKnown(this.clock.monotonic() - this.heardAt);
    this.heardAt = null;
  }

  /** No poll will answer it. */
  forget(): void {
    this.heardAt = null;
  }
}
