import { Logger } from '@nestjs/common';
import type { EventPosition, SecurityEventRecord } from '../../audit/security-event-store.js';
import { SecurityEventStore } from '../../audit/security-event-store.js';
import type { RefreshTokenFamilyStore } from '../../refresh-tokens/refresh-token-family-store.js';
import type { SessionStore } from '../../sessions/session-store.js';
import { clientStores } from '../../sql/clients/client-stores.js';
import { knownClient } from '../../sql/clients/sql-client.js';
import { resolveTableNames } from '../../sql/clients/table-names.js';
import { resolveDoorOptions } from '../../sql/stores/door.js';
import { AuthStores } from '../../stores/auth-stores.js';
import { OptionReader } from '../../validation/option-reader.js';
import { applicationPath } from '../application/application-path.js';
import { putTogether } from '../application/application.js';
import { CannotRun, firstLineOf } from '../cannot-run.js';
import { databaseClient } from '../database/database-client.js';

/** Where sign-ins are looked up. Only read. */
export interface SignInRecords {
  readonly families: Pick<RefreshTokenFamilyStore, 'read'>;
  readonly sessions: Pick<SessionStore, 'read'>;
  /** Null: none are kept. */
  readonly events: Pick<SecurityEventStore, 'list'> | null;
}

/** Of an application that is put together, and not started. Throws CannotRun. */
export async function recordsOfApplication(module: string, timeoutMs: number): Promise<SignInRecords> {
  const app = await putTogether(applicationPath(module), timeoutMs).catch((error: unknown) => {
    throw error instanceof CannotRun
      ? error
      : new CannotRun(`the application does not boot: ${firstLineOf(error)}`);
  });
  const stores = app.find(AuthStores);
  if (!stores) throw new CannotRun(`${module} does not import AuthModule of nestjs-aerie`);
  return {
    families: stores.families,
    sessions: stores.sessions,
    events: app.find(SecurityEventStore) ?? null,
  };
}

/** Of the tables of a database. Throws CannotRun. */
export async function recordsInDatabase(url: string, names: object): Promise<SignInRecords> {
  const settings = { revocationLifeMs: 0, keepsKeys: false, notifies: false, featureTables: [] };
  // What fails is said in one line, by the command.
  Logger.overrideLogger(false);
  const client = knownClient(await databaseClient(url));
  const stores = clientStores(
    client,
    {
      // A person waits, not a request.
      ...resolveDoorOptions(new OptionReader({ audit: true, database: { deadline: '10s' } })),
      names: resolveTableNames(new OptionReader(names)),
    },
    settings,
  );
  return { families: stores.families, sessions: stores.sessions, events: stores.events() };
}

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
