import type { Provider } from '@nestjs/common';
import { AuthCounters } from '../audit/auth-counters.js';
import { ComposedSecurityEventSink } from '../audit/composed-security-event-sink.js';
import { CountingSecurityEventSink } from '../audit/counting-security-event-sink.js';
import { ListenerSecurityEventSink } from '../audit/listener-security-event-sink.js';
import { LoggerSecurityEventSink } from '../audit/logger-security-event-sink.js';
import { SecurityEventSink } from '../audit/security-event-sink.js';
import { SecurityEventStore } from '../audit/security-event-store.js';
import { SecurityEventStream } from '../audit/security-event-stream.js';
import { SecurityEvents } from '../audit/security-events.js';
import { SecurityEventWriter } from '../audit/security-event-writer.js';
import { securityEventStore } from '../typeorm/typeorm-stores.js';
import { ResolvedAuthOptions } from '../options/resolve-auth-options.js';
import { AuthStores } from '../stores/auth-stores.js';
import { Clock } from '../time/clock.js';

type Store = SecurityEventStore | null;
type Table = SecurityEventWriter | null;

/** Where security events go, and where they can be had. Store and table are null without `audit.table`. */
export const AUDIT_PROVIDERS: Provider[] = [
  { provide: AuthCounters, useFactory: () => new AuthCounters() },
  { provide: SecurityEventStream, useFactory: () => new SecurityEventStream() },
  { provide: SecurityEventStore, inject: [AuthStores, ResolvedAuthOptions], useFactory: securityEventStore },
  {
    provide: SecurityEventWriter,
    inject: [SecurityEventStore, Clock],
    useFactory: (store: Store, clock: Clock): Table => store && new SecurityEventWriter(store, clock),
  },
  {
    provide: SecurityEvents,
    inject: [SecurityEventStream, SecurityEventStore, SecurityEventWriter],
    useFactory: (stream: SecurityEventStream, store: Store, writer: Table) =>
      new SecurityEvents(stream, store && writer && { store, writer }),
  },
  {
    provide: SecurityEventSink,
    inject: [ResolvedAuthOptions, AuthCounters, SecurityEventStream, SecurityEventWriter],
    useFactory: (
      { onSecurityEvent }: ResolvedAuthOptions,
      counters: AuthCounters,
      stream: SecurityEventStream,
      table: Table,
    ) =>
      new ComposedSecurityEventSink([
        new CountingSecurityEventSink(counters),
        new LoggerSecurityEventSink(),
        ...(onSecurityEvent ? [new ListenerSecurityEventSink(onSecurityEvent)] : []),
        stream,
        ...(table ? [table] : []),
      ]),
  },
];
