import { Logger } from '@nestjs/common';
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
