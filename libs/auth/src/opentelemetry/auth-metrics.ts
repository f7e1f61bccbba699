import { Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { type BatchObservableCallback, type Meter, metrics, type Observable } from '@opentelemetry/api';
import { ProcessStatus } from '../audit/process-status.js';
import { AUTH_INSTRUMENTS, type AuthInstrument, NOTIFICATION_DURATION } from './auth-instruments.js';

/**
 * Shows the numbers of AuthStatus, or of a resource server's ResourceStatus, to OpenTelemetry: put it among the providers of any
 * module that sees AuthModule or ResourceServerModule. It
 * takes the meter provider that is registered while the application boots; without one it does nothing. Requests pay
 * nothing for it: the numbers are read when the SDK collects them.
 */
@Injectable()
export class AuthMetrics implements OnModuleInit, OnModuleDestroy {
  private readonly undo: (() => void)[] = [];

  /** @internal */
  constructor(private readonly status: ProcessStatus) {}

  onModuleInit(): void {
    const meter = metrics.getMeter('nestjs-aerie');
    this.observe(meter);
    const { name, boundaries, ...about } = NOTIFICATION_DURATION;
    const histogram = meter.createHistogram(name, {
      ...about,
      advice: { explicitBucketBoundaries: [...boundaries] },
    });
    this.undo.push(this.status.onNotificationKnown((ms) => histogram.record(ms / 1_000)));
  }

  onModuleDestroy(): void {
    for (const undo of this.undo.splice(0)) undo();
  }

  private observe(meter: Meter): void {
    const made = AUTH_INSTRUMENTS.map((instrument) => ({ instrument, shown: shown(meter, instrument) }));
    const all = made.map(({ shown: one }) => one);
    const read: BatchObservableCallback = (result) => {
      for (const { instrument, shown: one } of made)
        instrument.read(this.status, (value, attributes) => result.observe(one, value, attributes));
    };
    meter.addBatchObservableCallback(read, all);
    this.undo.push(() => meter.removeBatchObservableCallback(read, all));
  }
}

function shown(meter: Meter, { name, kind, unit, description }: AuthInstrument): Observable {
  const about = { unit, description };
  return kind === 'counter'
    ? meter.createObservableCounter(name, about)
    : meter.createObservableGauge(name, about);
}
