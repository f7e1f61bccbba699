import { type HostTransaction, HostTransactionError, type SqlResult } from '../database/sql-database.js';
import type { SqlRow, SqlValue } from '../database/sql.js';
import { type MysqlConnection, sendToMysql } from '../drivers/mysql-driver.js';
import { PG_TYPES } from '../drivers/postgres-driver.js';
import { runPrepared, type SqliteHandle } from '../drivers/sqlite-database.js';
import type { SqliteClient } from './sql-client.js';

/** A client of `pg` that was taken from its pool. */
export interface PgConnection {
  query(text: string, values?: unknown[]): Promise<unknown>;
  release(): void;
}
/** A connection of `mysql2` or `mysql2/promise`. */
export interface Mysql2Connection {
  readonly threadId: number;
  readonly beginTransaction: (...values: never[]) => unknown;
}

interface PgQueries {
  query(query: object): Promise<{ rows: SqlRow[]; rowCount: number | null }>;
}
type Send = (text: string, params: readonly SqlValue[]) => Promise<SqlResult>;

/** PostgreSQL: no transaction is open; the one that is open has failed. */
const NOT_OPEN: ReadonlySet<unknown> = new Set(['25P01', '25P02']);
/** MariaDB and MySQL, of each answer: a transaction is open. */
const IN_TRANSACTION = 1;

/**
 * A transaction of the application, for `rolesChanged(subject, { transaction })`: what AuthModule writes is committed or
 * rolled back with it. Give it the connection on which the transaction was begun: a client of a `pg` Pool, a connection of
 * `mysql2`, or the `better-sqlite3` database. Throws TypeError for anything else; what uses it throws TypeError when no
 * transaction is open there, or none any more.
 *
 * @example
 * ```ts
 * import type { AuthenticationService } from 'nestjs-aerie';
 * import { hostTransaction } from 'nestjs-aerie/sql';
 * import pg from 'pg';
 *
 * export async function promote(auth: AuthenticationService, pool: pg.Pool, id: string) {
 *   const client = await pool.connect();
 *   try {
 *     await client.query('begin');
 *     await client.query('update users set role = $1 where id = $2', ['admin', id]);
 *     await auth.rolesChanged(id, { transaction: hostTransaction(client) });
 *     await client.query('commit');
 *   } catch (error) {
 *     await client.query('rollback');
 *     throw error;
 *   } finally {
 *     client.release();
 *   }
 * }
 * ```
 */
export function hostTransaction(connection: PgConnection | Mysql2Connection | SqliteClient): HostTransaction {
  const send = senderOf(connection);
  return { query: (text, params) => send(text, params) };
}

function senderOf(connection: unknown): Send {
  const given = (connection ?? {}) as Readonly<Record<string, unknown>>;
  if (typeof given['inTransaction'] === 'boolean' && typeof given['prepare'] === 'function')
    return onSqlite(connection as SqliteHandle);
  if ('threadId' in given) {
    // The flavour with promises has the other one inside.
    const core = (typeof given['promise'] === 'function' ? given : given['connection']) as MysqlConnection;
    return onMysql(core);
  }
  const isPool = 'totalCount' in given || 'getConnection' in given;
  if (typeof given['query'] === 'function' && 'connection' in given && !isPool)
    return onPostgres(connection as PgQueries);
  throw new HostTransactionError(
    `"connection" must be a client of pg, a connection of mysql2 or a database of better-sqlite3${isPool ? ' (got a pool: its connections have different transactions)' : ''}`,
  );
}

const onPostgres =
  (client: PgQueries): Send =>
  async (text, params) => {
    // Refused outside a transaction, and does nothing inside one.
    await client
      .query({ text: 'savepoint aerie_open; release savepoint aerie_open' })
      .catch((error: unknown) => {
        throw NOT_OPEN.has((error as { code?: unknown }).code) ? notOpen() : error;
      });
    const { rows, rowCount } = await client.query({ text, values: params, types: PG_TYPES });
    return { rows, affected: rowCount ?? 0 };
  };

const onMysql =
  (connection: MysqlConnection): Send =>
  async (text, params) => {
    const { header } = await sendToMysql(connection, 'do 0', []);
    if (!((header?.serverStatus ?? 0) & IN_TRANSACTION)) throw notOpen();
    return (await sendToMysql(connection, text, params)).result;
  };

const onSqlite =
  (database: SqliteHandle): Send =>
  async (text, params) => {
    if (!database.inTransaction) throw notOpen();
    const statement = database.prepare(text);
    statement.safeIntegers(false);
    return runPrepared(statement, params);
  };

// Outside it, each statement would commit by itself.
const notOpen = (): HostTransactionError =>
  new HostTransactionError('"transaction" must be of an open transaction (got none, or one that has ended)');
