import type { Provider } from '@nestjs/common';
import { ComposedSecurityEventSink } from './audit/composed-security-event-sink.js';
import { ListenerSecurityEventSink } from './audit/listener-security-event-sink.js';
import { LoggerSecurityEventSink } from './audit/logger-security-event-sink.js';
import { SecurityEventSink } from './audit/security-event-sink.js';
import { SecurityEventStream } from './audit/security-event-stream.js';
import { SecurityEvents } from './audit/security-events.js';
import { ResolvedAuthOptions } from './options/resolve-auth-options.js';

/** Where security events go, and where they can be had. */
export const AUDIT_PROVIDERS: Provider[] = [
  { provide: SecurityEventStream, useFactory: () => new SecurityEventStream() },
  {
    provide: SecurityEvents,
    inject: [SecurityEventStream],
    useFactory: (stream: SecurityEventStream) => new SecurityEvents(stream),
  },
  {
    provide: SecurityEventSink,
    inject: [ResolvedAuthOptions, SecurityEventStream],
    useFactory: ({ onSecurityEvent }: ResolvedAuthOptions, stream: SecurityEventStream) =>
      new ComposedSecurityEventSink([
        new LoggerSecurityEventSink(),
        ...(onSecurityEvent ? [new ListenerSecurityEventSink(onSecurityEvent)] : []),
        stream,
      ]),
  },
];
