import type { Observable } from 'rxjs';
import { AuthConfigError } from '../errors/auth-config-error.js';
import { isSubject } from '../subjects/subject-key.js';
import type { SecurityEvent } from './security-event.js';
import type { EventPosition, SecurityEventRecord, SecurityEventStore } from './security-event-store.js';

const MAX_LISTED = 1_000;
/** How long a listing waits for what this process has yet to write: there may be much of it. */
const LONGEST_WAIT_MS = 2_000;

/**
 * Options of `SecurityEvents.list`.
 */
export interface ListEventsOptions {
  /** 1 to 1,000. Default 50. */
  readonly limit?: number;
  /** The last record of the page before this one. Default: from the newest on. */
  readonly before?: EventPosition;
}

/** The table of events, and the writer that may hold some which are not there yet. */
interface EventTable {
  readonly store: SecurityEventStore;
  readonly writer: { flush(): Promise<void> };
}

/**
 * Security events for code of the application: `events$` as they happen, `list` from the table.
 *
 * @throws AuthConfigError from `list` when `stores` keep no security events, TypeError for a wrong argument, StoreUnavailableError when the
 * table cannot be read.
 * @example
 * ```ts
 * import type { SecurityEvents } from 'nestjs-aerie';
 *
 * export const recentActivity = (events: SecurityEvents, userId: string) => events.list(userId, { limit: 20 });
 * export const alarms = (events: SecurityEvents) =>
 *   events.events$.subscribe((event) => {
 *     if (event.type === 'reuse_detected') console.warn(event.subject);
 *   });
 * ```
 */
export class SecurityEvents {
  /**
   * Every event from the subscription on; completes when the application has shut down. Events come after the call they
   * tell of, which neither waits for a subscriber nor fails with it: what one throws is logged, and it hears the next
   * event all the same. They are frozen: everybody hears the same object.
   */
  readonly events$: Observable<SecurityEvent>;

  /** @internal */
  constructor(
    stream: { readonly events$: Observable<SecurityEvent> },
    private readonly table: EventTable | null,
  ) {
    this.events$ = stream.events$;
  }

  /**
   * What was kept of a subject, the newest first: for its owner's "recent activity". Needs stores that keep them, such as `typeOrmStores({ audit: true })`. What happened
   * on another node in the last second may be missing. Throws StoreUnavailableError, TypeError for a limit or a position
   * that is none, AuthConfigError without the table.
   */
  async list(subject: string, options: ListEventsOptions = {}): Promise<readonly SecurityEventRecord[]> {
    const { limit = 50, before = null } = options;
    if (!this.table)
      throw new AuthConfigError(
        '"stores" must keep security events to list them (got stores that keep none): give typeOrmStores({ audit: true }), or events() in stores of your own',
      );
    if (!isSubject(subject)) throw new TypeError('a subject is a non-empty string of at most 255 bytes');
    if (!(Number.isInteger(limit) && limit >= 1 && limit <= MAX_LISTED))
      throw new TypeError(`"limit" must be a whole number between 1 and ${MAX_LISTED}`);
    if (before && !(Number.isSafeInteger(before.at) && typeof before.id === 'string'))
      throw new TypeError('"before" must be a record of this list, or its "at" and "id"');
    await this.written(this.table.writer);
    return this.table.store.list(subject, limit, before);
  }

  private async written(writer: EventTable['writer']): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const enough = new Promise<void>((resolve) => (timer = setTimeout(resolve, LONGEST_WAIT_MS)));
    await Promise.race([writer.flush(), enough]).finally(() => clearTimeout(timer));
  }
}
