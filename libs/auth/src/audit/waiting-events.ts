import type { EventClass } from './event-allowance.js';
import type { SecurityEventRecord } from './security-event-store.js';

/** How many of each class may wait, some megabytes in all: events that strangers cause take no room of the others. */
const ROOM: Readonly<Record<EventClass, number>> = { alarm: 1_000, account: 10_000, refusal: 1_000 };
/** Alarms are written first. */
const ORDER = ['alarm', 'account', 'refusal'] as const;

/** An event as it waits to be kept. */
export type KeptEvent = Omit<SecurityEventRecord, 'at'>;

/** An event that is not in the table yet. */
export interface WaitingEvent {
  readonly kept: KeptEvent;
  readonly class: EventClass;
  /** By the clock that runs steadily. */
  readonly recordedAt: number;
}

/** Events that wait to be written, with room of its own for each class. */
export class WaitingEvents {
  private readonly lanes: Record<EventClass, WaitingEvent[]> = { alarm: [], account: [], refusal: [] };

  get size(): number {
    return ORDER.reduce((sum, one) => sum + this.lanes[one].length, 0);
  }

  /** How many may wait, of the event's class; null when it was added. */
  add(event: WaitingEvent): number | null {
    const lane = this.lanes[event.class];
    if (lane.length >= ROOM[event.class]) return ROOM[event.class];
    lane.push(event);
    return null;
  }

  /** Removes and gives up to `count`. */
  take(count: number): WaitingEvent[] {
    const taken: WaitingEvent[] = [];
    for (const one of ORDER) taken.push(...this.lanes[one].splice(0, count - taken.length));
    return taken;
  }

  /** Gives back what `take` gave. */
  putBack(events: readonly WaitingEvent[]): void {
    for (const one of ORDER) this.lanes[one].unshift(...events.filter((event) => event.class === one));
  }

  forget(subject: string): void {
    for (const one of ORDER)
      this.lanes[one] = this.lanes[one].filter((event) => event.kept.subject !== subject);
  }
}
