import { Logger } from '@nestjs/common';
import { type Observable, Subject } from 'rxjs';
import { SafeObservable } from './safe-observable.js';
import { type SecurityEvent, SecurityEventSink } from './security-event.js';
import { failureMessage } from '../errors/failure-message.js';

/** Events as an observable: in order, in a turn of the event loop of their own, after the work that they tell of. */
export class SecurityEventStream extends SecurityEventSink {
  private readonly logger = new Logger('AuthModule');
  private readonly subject = new Subject<SecurityEvent>();
  private waiting: SecurityEvent[] = [];

  readonly events$: Observable<SecurityEvent> = new SafeObservable<SecurityEvent>(
    (error) => this.report(error),
    (subscriber) => this.subject.subscribe(subscriber),
  );

  record(event: SecurityEvent): void {
    if (!this.subject.observed) return;
    if (this.waiting.length === 0) setImmediate(() => this.deliver());
    this.waiting.push(event);
  }

  /** Delivers what waits, then tells everybody that nothing more comes. */
  complete(): void {
    this.deliver();
    this.subject.complete();
  }

  private deliver(): void {
    const events = this.waiting;
    this.waiting = [];
    for (const event of events) this.subject.next(event);
  }

  private report(error: unknown): void {
    const what = failureMessage(error);
    this.logger.error(`a subscriber of events$ failed: ${what}`);
  }
}
