import type { Clock } from '../time/clock.js';
import type { SecurityEventStore } from './security-event-store.js';

/** A store's clock that was set back by more: from then on its time counts, and no longer the order. */
const LONGEST_STEP_BACK_MS = 60_000;

/**
 * Dates the events of this process by the store's clock, so that they list in the order in which they were recorded,
 * however they are spread over statements. The clock is read once for all events that wait together: with one reading a
 * statement, a slow statement would date its events after those of the next one.
 *
 * An event is never dated before the change in the database of which it tells.
 */
export class EventTimes {
  /** The store's clock less this process's steady one; null until the store's clock is read. */
  private ahead: number | null = null;
  /** The latest time that was given, and the one that was the latest when the clock was read. */
  private latest = -Infinity;
  private floor = -Infinity;

  constructor(
    private readonly store: Pick<SecurityEventStore, 'now'>,
    private readonly clock: Clock,
  ) {}

  /** Reads the store's clock, unless it was read since `reset`. Throws what the store throws. */
  async read(): Promise<void> {
    if (this.ahead !== null) return;
    // Before the question, not after the answer: the time of the way there makes events later, never earlier.
    const asked = this.clock.monotonic();
    const now = await this.store.now();
    if (!Number.isFinite(now)) throw new TypeError(`the store of security events gave no time: ${now}`);
    this.floor = this.latest - now > LONGEST_STEP_BACK_MS ? -Infinity : this.latest;
    this.latest = this.floor;
    this.ahead = now - asked;
  }

  /** All events that waited are written: the next ones are dated by a new reading. */
  reset(): void {
    this.ahead = null;
  }

  /** The time of an event, after `read`: epoch milliseconds. `recordedAt`: by the steady clock. */
  of(recordedAt: number): number {
    const at = Math.max(Math.ceil(recordedAt + this.ahead!), this.floor);
    this.latest = Math.max(this.latest, at);
    return at;
  }
}
