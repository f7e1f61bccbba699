import type { Attributes } from '@opentelemetry/api';
import { type ProcessStatus, REFUSAL_CODES } from '../audit/process-status.js';

type Observe = (value: number, attributes?: Attributes) => void;

/** A number that is read when the SDK collects it. */
export interface AuthInstrument {
  readonly name: string;
  /** `counter` only grows; `gauge` is how it is at that moment. */
  readonly kind: 'counter' | 'gauge';
  /** As UCUM writes it. */
  readonly unit: string;
  readonly description: string;
  /** Attributes are of a closed set: never a subject, an id, an address or a text of a client. */
  readonly read: (status: ProcessStatus, observe: Observe) => void;
}

/** What `AuthMetrics` shows, beside the histogram. Names follow the semantic conventions of OpenTelemetry. */
export const AUTH_INSTRUMENTS: readonly AuthInstrument[] = [
  {
    name: 'aerie.revocation.feed.lag',
    kind: 'gauge',
    unit: 's',
    description: 'Time since the last poll of the revocation feed that succeeded was sent',
    read: (status, observe) => {
      const lagMs = status.feed()?.lagMs ?? null;
      if (lagMs !== null) observe(lagMs / 1_000);
    },
  },
  {
    name: 'aerie.revocation.feed.overflow',
    kind: 'gauge',
    unit: '1',
    description:
      '1 while there are too many revocations to keep or to read in time, and the tables are asked',
    read: (status, observe) => {
      const feed = status.feed();
      if (feed) observe(feed.overflowing ? 1 : 0);
    },
  },
  {
    name: 'aerie.revocation.entries',
    kind: 'gauge',
    unit: '{entry}',
    description: 'Live revocations in the memory of this process',
    read: (status, observe) => {
      const feed = status.feed();
      if (feed) observe(feed.entries);
    },
  },
  {
    name: 'aerie.revocation.polls',
    kind: 'counter',
    unit: '{poll}',
    description: 'Polls of the revocation feed',
    read: ({ counts }, observe) => {
      observe(counts.polls, { 'aerie.poll.outcome': 'success' });
      observe(counts.pollFailures, { 'aerie.poll.outcome': 'failure' });
    },
  },
  {
    name: 'aerie.revocation.notifications',
    kind: 'counter',
    unit: '{notification}',
    description: 'Notifications to read the revocation feed',
    read: ({ counts }, observe) => {
      observe(counts.notificationsSent, { 'aerie.notification.direction': 'sent' });
      observe(counts.notificationsReceived, { 'aerie.notification.direction': 'received' });
    },
  },
  {
    name: 'aerie.revocation.notifier.connected',
    kind: 'gauge',
    unit: '1',
    description: '1 while the connection that brings notifications is there',
    read: (status, observe) => {
      const connected = status.feed()?.notifierConnected ?? null;
      if (connected !== null) observe(connected ? 1 : 0);
    },
  },
  {
    name: 'aerie.revocation.lookups',
    kind: 'counter',
    unit: '{lookup}',
    description: 'Access tokens that the table was asked about',
    read: ({ counts }, observe) => observe(counts.lookups),
  },
  {
    name: 'aerie.revocation.fallbacks',
    kind: 'counter',
    unit: '{request}',
    description: 'Access tokens that the feed could not judge, by what was done instead',
    read: ({ counts }, observe) => {
      for (const [action, count] of Object.entries(counts.fallbacks))
        observe(count, { 'aerie.fallback.action': action });
    },
  },
  {
    name: 'aerie.cache.reads',
    kind: 'counter',
    unit: '{read}',
    description: "Records of sign-ins that were asked of the application's cache",
    read: ({ counts }, observe) => {
      observe(counts.cacheHits, { 'aerie.cache.outcome': 'hit' });
      observe(counts.cacheMisses, { 'aerie.cache.outcome': 'miss' });
    },
  },
  {
    name: 'aerie.cache.failures',
    kind: 'counter',
    unit: '{call}',
    description: "Calls of the application's cache that failed, or had no answer in time",
    read: ({ counts }, observe) => observe(counts.cacheFailures),
  },
  {
    name: 'aerie.sessions.cached',
    kind: 'gauge',
    unit: '{session}',
    description: 'Sessions in the memory of this process',
    read: ({ sessionsCached }, observe) => {
      if (sessionsCached !== null) observe(sessionsCached);
    },
  },
  {
    name: 'aerie.sessions.near_cache.hits',
    kind: 'counter',
    unit: '{request}',
    description: 'Sessions that were answered from memory',
    read: ({ counts }, observe) => observe(counts.nearHits),
  },
  {
    name: 'aerie.sessions.near_cache.misses',
    kind: 'counter',
    unit: '{request}',
    description: 'Sessions that were not',
    read: ({ counts }, observe) => observe(counts.nearMisses),
  },
  {
    name: 'aerie.keys.age',
    kind: 'gauge',
    unit: 's',
    description: 'Time since the last question for the keys of the issuer that was answered was sent',
    read: (status, observe) => {
      const ageMs = status.keys()?.ageMs ?? null;
      if (ageMs !== null) observe(ageMs / 1_000);
    },
  },
  {
    name: 'aerie.tokens.refused',
    kind: 'counter',
    unit: '{token}',
    description: 'Tokens that a resource server refused, by code',
    read: ({ refusals }, observe) => {
      for (const code of REFUSAL_CODES) if (refusals) observe(refusals[code], { 'aerie.refusal.code': code });
    },
  },
  {
    name: 'aerie.security.events',
    kind: 'counter',
    unit: '{event}',
    description: 'Security events, by type',
    read: ({ counts }, observe) => {
      for (const [type, count] of Object.entries(counts.events)) observe(count, { 'aerie.event.type': type });
    },
  },
];

/** A histogram: it is written when a value occurs, not when the SDK collects. */
export const NOTIFICATION_DURATION = {
  name: 'aerie.revocation.notification.duration',
  unit: 's',
  description: 'Time from a notification to the poll that knew what it was about',
  /** Upper bounds in seconds, around the few milliseconds that it should take. */
  boundaries: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
} as const;
