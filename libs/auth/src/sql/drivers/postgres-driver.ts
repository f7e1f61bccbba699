import { createHash } from 'node:crypto';
import { Logger } from '@nestjs/common';
import { POSTGRES } from '../database/dialect.js';
import type { ServerConnection, ServerDriver } from '../database/server-database.js';
import { sql, type SqlRow, type SqlValue } from '../database/sql.js';
import type { SqlResult } from '../database/sql-database.js';
import { isStatementLost } from '../database/transient-error.js';

/** The little of pg's client that we use. */
interface PgClient {
  query(query: {
    text: string;
    values: readonly SqlValue[];
    types: object;
    name?: string;
  }): Promise<{ rows: SqlRow[]; rowCount: number | null }>;
  on(event: 'error', listener: () => void): void;
  off(event: 'error', listener: () => void): void;
  readonly connection?: { readonly stream?: { destroy(): void } };
  readonly processID?: number;
}
/** How the host's pool hands out a connection of the primary. */
export type PgConnect = () => Promise<readonly [client: unknown, release: (error?: Error) => void]>;

/** Values as our statements read them, whatever parsers the host has given pg. */
export const PG_TYPES = {
  getTypeParser: (type: number) => PARSERS.get(type) ?? asText,
};
const asText = (text: string): string => text;
// boolean, smallint, integer: our instants and counters of 64 bits are converted by their columns.
const PARSERS: ReadonlyMap<number, (text: string) => unknown> = new Map<number, (text: string) => unknown>([
  [16, (text) => text === 't'],
  [21, Number],
  [23, Number],
]);

const logger = new Logger('AuthModule');
const ignored = (): void => undefined;

/**
 * PostgreSQL through pg. With `preparedStatements`, each text is parsed and planned once for a connection. A name is a
 * digest of its text, so behind a pooler that mixes connections a statement may be missing, but never be another one:
 * then we go on without them.
 */
export function postgresDriver(
  host: Pick<ServerDriver, 'table' | 'log'> & { readonly connect: PgConnect },
  preparedStatements: boolean,
): ServerDriver {
  let prepared = preparedStatements;
  const names = new Map<string, string>();
  const nameOf = (text: string): string => {
    let name = names.get(text);
    if (!name)
      names.set(text, (name = `aerie_${createHash('sha256').update(text).digest('hex').slice(0, 24)}`));
    return name;
  };
  return {
    ...host,
    dialect: POSTGRES,
    begin: ['start transaction isolation level read committed'],
    async connect(): Promise<ServerConnection> {
      const [given, release] = await host.connect();
      const client = given as PgClient;
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
            const result = await client.query({
              text,
              values,
              types: PG_TYPES,
              ...(named && { name: nameOf(text) }),
            });
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
