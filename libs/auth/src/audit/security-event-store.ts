import type { SecurityEvent } from './security-event.js';

/** A security event that was kept. */
export interface SecurityEventRecord {
  readonly id: string;
  readonly type: SecurityEvent['type'];
  /** When it happened: epoch milliseconds of the store's clock. */
  readonly at: number;
  readonly subject: string | null;
  readonly signInId: string | null;
  readonly reason: string | null;
  readonly ip: string | null;
  readonly userAgent: string | null;
  /** The other members of the event. */
  readonly detail: Readonly<Record<string, unknown>>;
}

/** Where a page of events ends: the record that was its last. */
export type EventPosition = Pick<SecurityEventRecord, 'at' | 'id'>;

/**
 * Keeps security events. What forgets a subject erases its events in the same transaction; that is the business of the
 * stores that this one belongs to. Throws StoreUnavailableError.
 */
export abstract class SecurityEventStore {
  /** The store's clock, epoch milliseconds: the writer of events reads it before `append`, and dates them by it. */
  abstract now(): Promise<number>;

  /** Keeps all or none. A record whose id is there already stays as it is: a call without an answer may be repeated. */
  abstract append(records: readonly SecurityEventRecord[]): Promise<void>;

  /**
   * Those of a subject, the newest first; those before `before`, if given. Of two records with the same time the one with
   * the greater id is the newer: ids of one process grow.
   */
  abstract list(
    subject: string,
    limit: number,
    before: EventPosition | null,
  ): Promise<readonly SecurityEventRecord[]>;

  /** Erases those of a subject. */
  abstract erase(subject: string): Promise<void>;

  /** Deletes up to `limit` whose retention has passed; how many. */
  abstract sweep(limit: number): Promise<number>;
}
