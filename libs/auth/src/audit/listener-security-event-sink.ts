import { Logger } from '@nestjs/common';
import type { SecurityEvent } from './security-event.js';
import { SecurityEventSink } from './security-event-sink.js';

/** Tells `onSecurityEvent` at once; nobody waits for its promise, and what it throws is logged. */
export class ListenerSecurityEventSink extends SecurityEventSink {
  private readonly logger = new Logger('AuthModule');

  constructor(private readonly listener: (event: SecurityEvent) => unknown) {
    super();
  }

  record(event: SecurityEvent): void {
    try {
      Promise.resolve(this.listener(event)).catch((error: unknown) => this.report(error));
    } catch (error) {
      this.report(error);
    }
  }

  private report(error: unknown): void {
    this.logger.error(`onSecurityEvent failed: ${error instanceof Error ? error.message : 'not an Error'}`);
  }
}
