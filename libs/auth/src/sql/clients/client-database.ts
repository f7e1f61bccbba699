import { Logger } from '@nestjs/common';
import type { RevocationNotifier } from '../../revocation/revocation-notifier.js';
import type { ResolvedDatabaseOptions } from '../database/database-options.js';
import { failureText } from '../database/failure-text.js';
import { ServerDatabase, type ServerDriver } from '../database/server-database.js';
import type { SqlDatabase } from '../database/sql-database.js';
import { keepNativeObjects } from '../drivers/kept-objects.js';
import { mysqlDriver } from '../drivers/mysql-driver.js';
import { limitConnecting } from '../drivers/pg-connecting-limit.js';
import { type PgConnect, postgresDriver } from '../drivers/postgres-driver.js';
import { PostgresNotifier } from '../drivers/postgres-notifier.js';
import { SqliteDatabase } from '../drivers/sqlite-database.js';
import type { KnownClient } from './sql-client.js';
import type { TableNaming } from './table-names.js';

type ClientOf<D extends KnownClient['dialect']> = Extract<KnownClient, { dialect: D }>;
/** A pool of connections to a server. */
export type KnownPool = ClientOf<'postgres' | 'mysql'>;

const ignored = (): void => undefined;
/** The host has no log of our statements. */
const LOG: ServerDriver['log'] = { query: ignored, failure: ignored };
const heard = new WeakSet<object>();

/** The database behind a client. */
export function clientDatabase(
  client: KnownClient,
  naming: TableNaming,
  { deadlineMs, preparedStatements }: ResolvedDatabaseOptions,
): SqlDatabase {
  if (client.dialect !== 'sqlite')
    return new ServerDatabase(clientDriver(client, naming, preparedStatements), deadlineMs);
  keepNativeObjects(client.handle);
  return new SqliteDatabase({ ...hostOf(naming), open: () => client.handle }, deadlineMs);
}

/** The driver of a pool. */
export function clientDriver(
  client: KnownPool,
  naming: TableNaming,
  preparedStatements: boolean,
): ServerDriver {
  if (client.dialect === 'mysql')
    return mysqlDriver({ ...hostOf(naming), connect: () => mysqlConnection(client) });
  const { pool } = client;
  limitConnecting(pool);
  surviveLostConnections(pool);
  const connect: PgConnect = async () => {
    const connection = await pool.connect();
    return [connection, (error) => connection.release(error)];
  };
  return postgresDriver({ ...hostOf(naming), connect }, preparedStatements);
}

const hostOf = (naming: TableNaming): Pick<ServerDriver, 'table' | 'log'> => ({
  table: (definition) => naming.of(definition),
  log: LOG,
});

const mysqlConnection = ({ pool }: ClientOf<'mysql'>): Promise<unknown> =>
  new Promise((resolve, reject) => {
    pool.getConnection((error, connection) => (error ? reject(error as Error) : resolve(connection)));
  });

/** A pool of pg that loses an idle connection ends the process when it has no listener. Repeating it does nothing. */
function surviveLostConnections(pool: ClientOf<'postgres'>['pool']): void {
  if (heard.has(pool)) return;
  heard.add(pool);
  const logger = new Logger('AuthModule');
  pool.on('error', (error) => logger.warn(`an idle connection of the pool was lost: ${failureText(error)}`));
}

/** What listens on a channel of PostgreSQL; null: the database has none. */
export function clientNotifier(client: KnownClient): ((channel: string) => RevocationNotifier) | null {
  return client.dialect === 'postgres' ? (channel) => new PostgresNotifier(() => client.pool, channel) : null;
}
