import type { EventPosition, SecurityEventRecord } from '../../audit/security-event-store.js';
import type { SignInRecords } from './sign-in-records.js';

const PAGE = 1_000;
/** 20,000 events of one subject. */
const MAX_PAGES = 20;
const MOMENT_MS = 60_000;

/** Tells of all sign-ins of a subject at once. */
const OF_ALL: ReadonlySet<SecurityEventRecord['type']> = new Set(['subject_ended', 'subject_changed']);

/** The life of a sign-in, as far as events of its whole subject matter to it. */
export interface Life {
  readonly subject: string;
  readonly id: string;
  readonly openedAt: number;
  /** Null: it was not ended. */
  readonly endedAt: number | null;
  readonly endedFor: string | null;
}

/**
 * The events that tell of a sign-in, or of all of its subject's while it lived; the oldest first. Bounded: `complete` is
 * false when the subject has more events than are read.
 */
export async function eventsOf(
  events: SignInRecords['events'],
  life: Life,
): Promise<{ readonly events: readonly SecurityEventRecord[]; readonly complete: boolean }> {
  const found: SecurityEventRecord[] = [];
  let before: EventPosition | null = null;
  for (let page = 0; events && page < MAX_PAGES; page++) {
    const listed: readonly SecurityEventRecord[] = await events.list(life.subject, PAGE, before);
    found.push(...listed.filter((event) => matters(event, life)));
    const last = listed.at(-1);
    if (listed.length < PAGE || !last || last.at < life.openedAt) break;
    if (page === MAX_PAGES - 1) return { events: found.toReversed(), complete: false };
    before = last;
  }
  return { events: found.toReversed(), complete: true };
}

function matters({ type, signInId, at, reason }: SecurityEventRecord, life: Life): boolean {
  if (signInId !== null) return signInId === life.id;
  if (!OF_ALL.has(type) || at < life.openedAt) return false;
  // The event that ended it comes a moment after the end of the row.
  return (
    life.endedAt === null ||
    at <= life.endedAt ||
    (reason === life.endedFor && at <= life.endedAt + MOMENT_MS)
  );
}
