import { LRUCache } from 'lru-cache';
import type { Clock } from '../time/clock.js';
import { isOfFeature, type SecurityEvent } from './security-event.js';

const WINDOW_MS = 60_000;
/** How many subjects and clients are counted at a time: under a megabyte. */
const COUNTED = 10_000;

/**
 * How freely an event may be repeated by the person who causes it.
 * - `alarm`: each one ends something, which cannot be repeated at will.
 * - `account`: a signed-in person can repeat it.
 * - `refusal`: a stranger can repeat it.
 */
export type EventClass = 'alarm' | 'account' | 'refusal';

const ALARMS: ReadonlySet<SecurityEvent['type']> = new Set([
  'reuse_detected',
  'everything_revoked',
  'client_changed',
]);
const REFUSALS: ReadonlySet<SecurityEvent['type']> = new Set([
  'sign_in_refused',
  'attempt_limited',
  'password_not_confirmed',
  'refresh_refused',
  'client_refused',
]);

/** Of each subject or client, in a minute. */
const PER_OWNER: Readonly<Record<EventClass, number>> = { alarm: Infinity, account: 100, refusal: 10 };
/** Of all refusals, in a minute. */
const ALL_REFUSALS = 100;

/** How freely an event may be repeated. */
export function classOf({ type }: SecurityEvent): EventClass {
  if (ALARMS.has(type)) return 'alarm';
  return REFUSALS.has(type) ? 'refusal' : 'account';
}

/**
 * How many events of one kind and owner are kept in a minute: one person cannot fill the table. A feature's are counted apart,
 * each type by itself: strangers may cause them, and must not use up what is kept of a subject's sign-ins. Counters still
 * count each.
 */
export class EventAllowance {
  private readonly counts = new LRUCache<string, { readonly since: number; used: number }>({ max: COUNTED });

  constructor(private readonly clock: Pick<Clock, 'monotonic'>) {}

  /** Whether the event may be kept; counts it. */
  admits(event: SecurityEvent): boolean {
    const kind = classOf(event);
    if (isOfFeature(event)) return this.take(`${event.type} ${event.subject}`, PER_OWNER[kind]);
    const owner = ownerOf(event);
    if (owner !== null && !this.take(`${kind} ${owner}`, PER_OWNER[kind])) return false;
    return kind !== 'refusal' || this.take('', ALL_REFUSALS);
  }

  private take(key: string, most: number): boolean {
    const now = this.clock.monotonic();
    const known = this.counts.get(key);
    const count = known && now - known.since < WINDOW_MS ? known : { since: now, used: 0 };
    if (count !== known) this.counts.set(key, count);
    return count.used++ < most;
  }
}

function ownerOf(event: SecurityEvent): string | null {
  if ('subject' in event && event.subject !== null) return `s${event.subject}`;
  return 'clientId' in event && event.clientId !== null ? `c${event.clientId}` : null;
}
