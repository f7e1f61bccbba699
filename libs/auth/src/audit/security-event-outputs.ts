import { Logger } from '@nestjs/common';
import { type SecurityEvent, SecurityEventSink } from './security-event.js';
import { failureMessage } from '../errors/failure-message.js';

const ALARMS: ReadonlySet<SecurityEvent['type']> = new Set([
  'reuse_detected',
  'replay_suspicious',
  'family_desynchronised',
  'family_caught_up',
  'everything_revoked',
]);

/** What happens all day long: for listeners, not for the log. */
const ROUTINE: ReadonlySet<SecurityEvent['type']> = new Set([
  'signed_in',
  'token_rotated',
  'service_token_issued',
  'token_exchanged',
]);

/** Writes events to Nest's logger, alarms as warnings and others at debug level. */
export class LoggerSecurityEventSink extends SecurityEventSink {
  private readonly logger = new Logger('AuthModule');

  record(event: SecurityEvent): void {
    if (ALARMS.has(event.type)) this.logger.warn(JSON.stringify(event));
    else if (!ROUTINE.has(event.type)) this.logger.debug(JSON.stringify(event));
  }
}

/** Calls `onSecurityEvent` at once. No request waits for its promise, and its errors are logged. */
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
    this.logger.error(`onSecurityEvent failed: ${failureMessage(error)}`);
  }
}
