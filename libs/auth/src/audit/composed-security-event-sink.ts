import { Logger } from '@nestjs/common';
import type { SecurityEvent } from './security-event.js';
import { SecurityEventSink } from './security-event-sink.js';

/** Several sinks as one: each hears every event, whatever the others do, and none can change what the next one hears. */
export class ComposedSecurityEventSink extends SecurityEventSink {
  private readonly logger = new Logger('AuthModule');

  constructor(private readonly sinks: readonly SecurityEventSink[]) {
    super();
  }

  record(event: SecurityEvent): void {
    if ('holder' in event) Object.freeze(event.holder);
    Object.freeze(event);
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
      this.logger.error(`a security event was lost: ${error instanceof Error ? error.message : 'unknown'}`);
    } catch {
      // It is the logger that fails: nobody is left to tell.
    }
  }
}
