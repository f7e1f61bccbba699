import { Logger } from '@nestjs/common';
import type { SecurityEvent } from './security-event.js';
import { SecurityEventSink } from './security-event-sink.js';

const ALARMS: ReadonlySet<SecurityEvent['type']> = new Set([
  'reuse_detected',
  'replay_suspicious',
  'family_desynchronised',
  'family_caught_up',
  'everything_revoked',
]);

/** Writes events to Nest's logger: alarms as warnings, the rest at debug level; and to `onSecurityEvent`, if given. */
export class LoggerSecurityEventSink extends SecurityEventSink {
  private readonly logger = new Logger('AuthModule');

  constructor(private readonly listener: ((event: SecurityEvent) => void) | null) {
    super();
  }

  record(event: SecurityEvent): void {
    const line = JSON.stringify(event);
    if (ALARMS.has(event.type)) this.logger.warn(line);
    else this.logger.debug(line);
    try {
      this.listener?.(event);
    } catch (error) {
      this.logger.error(`onSecurityEvent threw: ${error instanceof Error ? error.message : 'not an Error'}`);
    }
  }
}
