import type { SecurityEvent } from './security-event.js';

/** Where security events go. `record` must not throw and must not wait: events never delay or fail a request. */
export abstract class SecurityEventSink {
  abstract record(event: SecurityEvent): void;
}
