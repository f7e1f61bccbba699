import type { DataSource } from 'typeorm';
import { AuthConfigError } from '../../errors/auth-config-error.js';
import type { SqlDatabase } from '../../sql/database/sql-database.js';
import type { ResolvedDatabaseOptions } from '../../sql/database/database-options.js';
import { ServerDatabase } from '../../sql/database/server-database.js';
import { mysqlDriver, postgresDriver } from './server-drivers.js';
import { TypeOrmSqliteDatabase } from './sqlite-database.js';

/** The adapter for a TypeORM connection. Throws AuthConfigError for a database that was not built for. */
export function authDatabase(source: DataSource, options: ResolvedDatabaseOptions): SqlDatabase {
  const { deadlineMs, preparedStatements } = options;
  switch (source.options.type) {
    case 'postgres':
      return new ServerDatabase(postgresDriver(source, preparedStatements), deadlineMs);
    case 'mysql':
    case 'mariadb':
      return new ServerDatabase(mysqlDriver(source), deadlineMs);
    case 'better-sqlite3':
      return new TypeOrmSqliteDatabase(source, deadlineMs);
    default:
      throw new AuthConfigError(
        `AuthModule works on postgres, mysql, mariadb and better-sqlite3 connections (got ${JSON.stringify(source.options.type)})`,
      );
  }
}
