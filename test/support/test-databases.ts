import { randomBytes } from 'node:crypto';
import type { TypeOrmModuleOptions } from '@nestjs/typeorm';
import { AUTH_MIGRATIONS } from 'nestjs-aerie/typeorm';

export const POSTGRES_URL = process.env['TEST_POSTGRES_URL'] ?? 'postgres://postgres@127.0.0.1:5432/test';
export const MARIADB_URL = process.env['TEST_MARIADB_URL'] ?? 'mariadb://root@127.0.0.1:3306/test';

export type TestDatabase = 'sqlite' | 'postgres' | 'mariadb';

/** A prefix of its own for each suite, so that suites and runs do not meet; drop its tables with `dropTables`. */
export function freshPrefix(): string {
  return `t${randomBytes(5).toString('hex')}_`;
}

/** Connection options for a database of this machine, with tables made by our migrations. */
export function testConnection(database: TestDatabase, entityPrefix = freshPrefix()): TypeOrmModuleOptions {
  const shared = {
    autoLoadEntities: true,
    entityPrefix,
    migrations: AUTH_MIGRATIONS,
    migrationsTableName: `${entityPrefix}migrations`,
    migrationsRun: true,
    retryAttempts: 1,
  };
  if (database === 'postgres') return { ...shared, type: 'postgres', url: POSTGRES_URL };
  if (database === 'mariadb') return { ...shared, type: 'mariadb', url: MARIADB_URL };
  return { ...shared, type: 'better-sqlite3', database: ':memory:' };
}
