import { MYSQL } from '../database/dialect.js';
import type { ServerConnection, ServerDriver } from '../database/server-database.js';
import { type SqlRow, type SqlValue, trustedSql } from '../database/sql.js';
import type { SqlResult } from '../database/sql-database.js';

/** What mysql2 says of a statement that gives no rows. */
export interface MysqlHeader {
  readonly affectedRows: number;
  /** `Rows matched: 1  Changed: 0  Warnings: 0`, of an UPDATE. */
  readonly info?: string;
  readonly serverStatus?: number;
}
/** The little of mysql2's connection that we use. */
export interface MysqlConnection {
  readonly config?: { readonly typeCast?: unknown };
  promise(): { query(options: object): Promise<[SqlRow[] | MysqlHeader, unknown]> };
}
interface PooledConnection extends MysqlConnection {
  readonly threadId: number;
  release(): void;
  destroy(): void;
}

/** MariaDB and MySQL through mysql2. `connect` takes a connection of the primary from the host's pool. */
export const mysqlDriver = (
  host: Pick<ServerDriver, 'table' | 'log'> & { connect(): Promise<unknown> },
): ServerDriver => ({
  ...host,
  dialect: MYSQL,
  begin: ['set transaction isolation level read committed', 'start transaction'],
  async connect(): Promise<ServerConnection> {
    const connection = (await host.connect()) as PooledConnection;
    let severed = false;
    return {
      pooled: connection,
      // Ids of connections are not given out again.
      cancellation: trustedSql(`kill query ${Math.trunc(connection.threadId)}`),
      query: async (text, values) => (await sendToMysql(connection, text, values)).result,
      release() {
        if (!severed) connection.release();
      },
      sever() {
        severed = true;
        connection.destroy();
      },
    };
  },
});

/** One statement, in the form of results that we read, whatever the pool's own is. */
export async function sendToMysql(
  connection: MysqlConnection,
  text: string,
  values: readonly SqlValue[],
): Promise<{ result: SqlResult; header: MysqlHeader | null }> {
  // A function of the pool's gives way to a function alone.
  const typeCast = typeof connection.config?.typeCast === 'function' ? asTheDriverDoes : true;
  const form = { rowsAsArray: false, nestTables: false, typeCast };
  const [given] = await connection.promise().query({ sql: text, values, ...form });
  return Array.isArray(given)
    ? { result: { rows: given, affected: 0 }, header: null }
    : { result: { rows: [], affected: matchedRows(given) }, header: given };
}

const asTheDriverDoes = (_field: unknown, value: () => unknown): unknown => value();

/** Rows that a write found: without the flag FOUND_ROWS the server counts those that it changed. */
function matchedRows({ affectedRows, info }: MysqlHeader): number {
  const matched = /^Rows matched: (\d+)/.exec(info ?? '');
  return matched ? Number(matched[1]) : affectedRows;
}
