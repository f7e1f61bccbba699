import type { AuthCounters } from './auth-counters.js';
import type { SecurityEvent } from './security-event.js';
import { SecurityEventSink } from './security-event-sink.js';

/** Counts events by their type, and keeps nothing else of them. */
export class CountingSecurityEventSink extends SecurityEventSink {
  constructor(private readonly counters: AuthCounters) {
    super();
  }

  record({ type }: SecurityEvent): void {
    this.counters.events[type]++;
  }
}
