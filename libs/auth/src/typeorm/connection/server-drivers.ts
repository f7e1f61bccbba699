import { createHash } from 'node:crypto';
import { Logger } from '@nestjs/common';
import type { DataSource } from 'typeorm';
import type { SqlResult } from '../../sql/database/sql-database.js';
import { MYSQL, POSTGRES } from '../../sql/database/dialect.js';
import { CONNECTING_MS, limitConnecting, type PgPool } from './pg-connecting-limit.js';
import { sql, type SqlRow, type SqlValue, trustedSql } from '../../sql/database/sql.js';
import { typeOrmTable } from './typeorm-table.js';
import { isStatementLost } from '../../sql/database/transient-error.js';
import type { ServerConnection, ServerDriver } from '../../sql/database/server-database.js';

/** The little of pg's client that we use. */
interface PgClient {
  query(query: {
    text: string;
    values: readonly SqlValue[];
    name?: string;
  }): Promise<{ rows: SqlRow[]; rowCount: number | null }>;
  on(event: 'error', listener: () => void): void;
  off(event: 'error', listener: () => void): void;
  readonly connection?: { readonly stream?: { destroy(): void } };
  readonly processID?: number;
}
type PgRelease = (error?: Error) => void;

/** The little of mysql2's pooled connection that we use. */
interface MysqlConnection {
  readonly threadId: number;
  promise(): {
    query(text: string, values: readonly SqlValue[]): Promise<[SqlRow[] | { affectedRows: number }, unknown]>;
  };
  release(): void;
  destroy(): void;
}

/** How TypeORM's drivers hand out a connection of the primary. */
interface PrimaryPool<C> {
  /** The driver's own pool. */
  readonly master?: PgPool;
  obtainMasterConnection(): Promise<C>;
}

const logger = new Logger('AuthModule');
const ignored = (): void => undefined;

/**
 * PostgreSQL through pg. With `preparedStatements`, each text is parsed and planned once for a connection. A name is a
 * digest of its text, so behind a pooler that mixes connections a statement may be missing, but never be another one:
 * then we go on without them.
 */
export function postgresDriver(source: DataSource, preparedStatements: boolean): ServerDriver {
  let prepared = preparedStatements;
  const names = new Map<string, string>();
  const nameOf = (text: string): string => {
    let name = names.get(text);
    if (!name)
      names.set(text, (name = `aerie_${createHash('sha256').update(text).digest('hex').slice(0, 24)}`));
    return name;
  };
  return {
    ...hostOf(source),
    dialect: POSTGRES,
    begin: ['start transaction isolation level read committed'],
    async connect(): Promise<ServerConnection> {
      const pool = source.driver as unknown as PrimaryPool<[PgClient, PgRelease]>;
      limitConnecting(pool.master, CONNECTING_MS);
      const [client, release] = await pool.obtainMasterConnection();
      // A client whose connection breaks says so to its listeners, and ends the process when it has none.
      client.on('error', ignored);
      let broken: Error | undefined;
      let current: string | undefined;
      return {
        pooled: client,
        get cancellation() {
          if (current === undefined || client.processID === undefined) return undefined;
          // By its text as well: by now the process might be another connection's.
          return sql`select pg_cancel_backend(pid) from pg_stat_activity
            where pid = ${client.processID} and left(query, 200) = left(${current}, 200)`;
        },
        async query(text, values): Promise<SqlResult> {
          const named = prepared && values.length > 0;
          current = text;
          try {
            const result = await client.query({ text, values, ...(named && { name: nameOf(text) }) });
            return { rows: result.rows, affected: result.rowCount ?? 0 };
          } catch (error) {
            if (prepared && isStatementLost(error)) {
              prepared = false;
              logger.warn(
                'prepared statements get lost (a pooler in transaction mode?): continuing without them',
              );
            }
            throw error;
          } finally {
            current = undefined;
          }
        },
        release() {
          client.off('error', ignored);
          release(broken);
        },
        sever() {
          broken = new Error('the connection was cut');
          client.connection?.stream?.destroy();
        },
      };
    },
  };
}

export const mysqlDriver = (source: DataSource): ServerDriver => ({
  ...hostOf(source),
  dialect: MYSQL,
  begin: ['set transaction isolation level read committed', 'start transaction'],
  async connect(): Promise<ServerConnection> {
    const pool = source.driver as unknown as PrimaryPool<MysqlConnection>;
    const connection = await pool.obtainMasterConnection();
    let severed = false;
    return {
      pooled: connection,
      // Ids of connections are not given out again.
      cancellation: trustedSql(`kill query ${Math.trunc(connection.threadId)}`),
      async query(text, values): Promise<SqlResult> {
        const [result] = await connection.promise().query(text, values);
        return Array.isArray(result)
          ? { rows: result, affected: 0 }
          : { rows: [], affected: result.affectedRows };
      },
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

/** What both have of the connection: its tables, and its log. */
const hostOf = (source: DataSource): Pick<ServerDriver, 'table' | 'log'> => ({
  table: (definition) => typeOrmTable(source, definition),
  log: {
    query: (text, values) => source.logger.logQuery(text, [...values]),
    failure: (error, text, values) => source.logger.logQueryError(error as Error, text, [...values]),
  },
});
