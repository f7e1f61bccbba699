import { Logger } from '@nestjs/common';
import type { AuthCounters } from './auth-counters.js';
import { type SecurityEvent, SecurityEventSink } from './security-event.js';
import { failureMessage } from '../errors/failure-message.js';

/**
 * Counts each event by its type, and tells several sinks: each hears every event, whatever the others do, and none can change
 * what the next one hears.
 */
export class SecurityEventBus extends SecurityEventSink {
  private readonly logger = new Logger('AuthModule');

  constructor(
    private readonly counters: AuthCounters,
    private readonly sinks: readonly SecurityEventSink[],
  ) {
    super();
  }

  record(event: SecurityEvent): void {
    if ('holder' in event) Object.freeze(event.holder);
    Object.freeze(event);
    this.counters.event(event.type);
    for (const sink of this.sinks) {
      try {
        sink.record(event);
      } catch (error) {
        this.report(error);
      }
    }
  }

  private report(error: unknown): void {
    try {
      this.logger.error(`a security event was lost: ${failureMessage(error)}`);
    } catch {
      // The logger itself fails: there is no other place to report it.
    }
  }
}
