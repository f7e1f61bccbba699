import type { SecurityEvent } from './security-event.js';

/** What became of an access token that could not be judged by the feed. */
export type Fallback = 'refuse' | 'lookup' | 'allow';

type Grows<T> = { -readonly [Key in keyof T]: number };

/** How often something happened in this process since it started. Nothing here tells who or what it happened to. */
export interface AuthCounts {
  /** Requests whose session this process had cached, and those whose session was read from the shared cache or the table. */
  readonly nearHits: number;
  readonly nearMisses: number;
  /** Access tokens that the table was asked about. */
  readonly lookups: number;
  /** Records that the application's cache had, and those that it had not, or that were too old. */
  readonly cacheHits: number;
  readonly cacheMisses: number;
  /** Calls of that cache that failed, or had no answer in time. */
  readonly cacheFailures: number;
  readonly fallbacks: Readonly<Record<Fallback, number>>;
  /** Polls of the revocation feed that were answered, and those that were not. */
  readonly polls: number;
  readonly pollFailures: number;
  readonly notificationsSent: number;
  readonly notificationsReceived: number;
  readonly events: Readonly<Record<SecurityEvent['type'], number>>;
}

/** The types of security events that the features declare. Also the injection token for them. */
export abstract class FeatureEvents {
  abstract readonly types: readonly string[];
}

/**
 * Plain numbers, incremented where the work is done: a request pays one addition, whether anybody reads them or not. One
 * for each application.
 */
export class AuthCounters implements AuthCounts {
  nearHits = 0;
  nearMisses = 0;
  lookups = 0;
  cacheHits = 0;
  cacheMisses = 0;
  cacheFailures = 0;
  polls = 0;
  pollFailures = 0;
  notificationsSent = 0;
  notificationsReceived = 0;
  readonly fallbacks: Grows<AuthCounts['fallbacks']> = { refuse: 0, lookup: 0, allow: 0 };
  /** All of them from the start: a rate needs a first value. */
  readonly events: Grows<AuthCounts['events']> = {
    signed_in: 0,
    sign_in_refused: 0,
    attempt_limited: 0,
    sign_in_ended: 0,
    subject_ended: 0,
    subject_changed: 0,
    access_token_revoked: 0,
    everything_revoked: 0,
    stepped_up: 0,
    password_not_confirmed: 0,
    password_hash_upgraded: 0,
    token_rotated: 0,
    token_replayed: 0,
    replay_suspicious: 0,
    token_retried_late: 0,
    family_caught_up: 0,
    family_desynchronised: 0,
    refresh_refused: 0,
    reuse_detected: 0,
    client_refused: 0,
    client_changed: 0,
    service_token_issued: 0,
    token_exchanged: 0,
    service_token_revoked: 0,
  };
  private readonly listeners = new Set<(ms: number) => void>();

  /** `featureEvents`: counted from the start as well. */
  constructor(featureEvents: readonly string[] = []) {
    for (const type of featureEvents) this.events[type as `${string}.${string}`] = 0;
  }

  /** Counts an event. One of a type that no feature declares is not counted: there may be any number of them. */
  event(type: SecurityEvent['type']): void {
    if (Object.hasOwn(this.events, type)) this.events[type]++;
  }

  /**
   * Calls `listener` with the milliseconds from each notification to the poll that knew what it was about; gives its end. Throws
   * TypeError for what is no function.
   */
  onNotificationKnown(listener: (ms: number) => void): () => void {
    if (typeof listener !== 'function')
      throw new TypeError(`"listener" must be a function (got ${typeof listener})`);
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  notificationKnown(ms: number): void {
    for (const listener of this.listeners) {
      try {
        listener(ms);
      } catch {
        // The application's own: it must not pass for a poll that failed.
      }
    }
  }
}
