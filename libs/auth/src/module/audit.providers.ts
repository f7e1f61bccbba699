import type { Provider } from '@nestjs/common';
import { AuthCounters, FeatureEvents } from '../audit/auth-counters.js';
import { SecurityEventBus } from '../audit/security-event-bus.js';
import { ListenerSecurityEventSink, LoggerSecurityEventSink } from '../audit/security-event-outputs.js';
import { SecurityEventSink } from '../audit/security-event.js';
import { SecurityEventStore } from '../audit/security-event-store.js';
import { SecurityEventStream } from '../audit/security-event-stream.js';
import { SecurityEvents } from '../audit/security-events.js';
import { SecurityEventWriter } from '../audit/security-event-writer.js';
import { ResolvedAuthOptions } from '../options/resolve-auth-options.js';
import { AuthStores } from '../stores/auth-stores.js';
import { Clock } from '../time/clock.js';
import { nullable, provide } from '../wiring/provide.js';

/** Where security events go, and where they are read. Store and table are null where the stores keep no events. */
export const AUDIT_PROVIDERS: Provider[] = [
  provide(AuthCounters, [FeatureEvents], ({ types }) => new AuthCounters(types)),
  provide(SecurityEventStream, [], () => new SecurityEventStream()),
  provide(nullable(SecurityEventStore), [AuthStores], (stores) => stores.events()),
  provide(
    nullable(SecurityEventWriter),
    [nullable(SecurityEventStore), Clock],
    (store, clock) => store && new SecurityEventWriter(store, clock),
  ),
  provide(
    SecurityEvents,
    [SecurityEventStream, nullable(SecurityEventStore), nullable(SecurityEventWriter)],
    (stream, store, writer) => new SecurityEvents(stream, store && writer && { store, writer }),
  ),
  provide(
    SecurityEventSink,
    [ResolvedAuthOptions, AuthCounters, SecurityEventStream, nullable(SecurityEventWriter)],
    ({ onSecurityEvent }, counters, stream, table) =>
      new SecurityEventBus(counters, [
        new LoggerSecurityEventSink(),
        ...(onSecurityEvent ? [new ListenerSecurityEventSink(onSecurityEvent)] : []),
        stream,
        ...(table ? [table] : []),
      ]),
  ),
];
