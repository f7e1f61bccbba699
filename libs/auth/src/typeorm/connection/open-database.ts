import type { DataSource } from 'typeorm';
import { AuthConfigError } from '../../errors/auth-config-error.js';
import type { ResolvedDatabaseOptions } from '../../sql/database/database-options.js';
import { ServerDatabase, type ServerDriver } from '../../sql/database/server-database.js';
import type { SqlDatabase } from '../../sql/database/sql-database.js';
import { mysqlDriver } from '../../sql/drivers/mysql-driver.js';
import { limitConnecting } from '../../sql/drivers/pg-connecting-limit.js';
import { type PgConnect, postgresDriver } from '../../sql/drivers/postgres-driver.js';
import { SqliteDatabase, type SqliteHandle } from '../../sql/drivers/sqlite-database.js';
import { typeOrmTable } from './typeorm-table.js';

/** How TypeORM's drivers hand out a connection of the primary, and the one of SQLite. */
interface DriverParts {
  /** The pool of pg or mysql2. */
  readonly master?: object;
  obtainMasterConnection(): Promise<never>;
  readonly databaseConnection?: SqliteHandle;
}

/** The adapter for a TypeORM connection. Throws AuthConfigError for a database that was not built for. */
export function authDatabase(source: DataSource, options: ResolvedDatabaseOptions): SqlDatabase {
  const { deadlineMs, preparedStatements } = options;
  // Asked for each time: a connection may be closed and opened again.
  const parts = (): DriverParts => source.driver as unknown as DriverParts;
  switch (source.options.type) {
    case 'postgres': {
      const connect: PgConnect = () => {
        limitConnecting(parts().master);
        return parts().obtainMasterConnection();
      };
      return new ServerDatabase(
        postgresDriver({ ...hostOf(source), connect }, preparedStatements),
        deadlineMs,
      );
    }
    case 'mysql':
    case 'mariadb': {
      const connect = () => parts().obtainMasterConnection();
      return new ServerDatabase(mysqlDriver({ ...hostOf(source), connect }), deadlineMs);
    }
    case 'better-sqlite3': {
      const open = (): SqliteHandle => {
        const { databaseConnection } = parts();
        if (!databaseConnection || !source.isInitialized) throw new Error('the connection is closed');
        return databaseConnection;
      };
      return new SqliteDatabase({ ...hostOf(source), open }, deadlineMs);
    }
    default:
      throw new AuthConfigError(
        `AuthModule works on postgres, mysql, mariadb and better-sqlite3 connections (got ${JSON.stringify(source.options.type)})`,
      );
  }
}

/** What all have of the connection: its tables, and its log. */
const hostOf = (source: DataSource): Pick<ServerDriver, 'table' | 'log'> => ({
  table: (definition) => typeOrmTable(source, definition),
  log: {
    query: (text, values) => source.logger.logQuery(text, [...values]),
    failure: (error, text, values) => source.logger.logQueryError(error as Error, text, [...values]),
  },
});
