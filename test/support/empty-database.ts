import { randomBytes } from 'node:crypto';
import type { TypeOrmModuleOptions } from '@nestjs/typeorm';
import { DataSource, type DataSourceOptions } from 'typeorm';
import { MARIADB_URL, POSTGRES_URL, type TestDatabase } from './test-databases.js';

export interface EmptyDatabase {
  /** Options that lead to it, and that make no table. */
  readonly connection: TypeOrmModuleOptions;
  drop(): Promise<void>;
}

/** A database of its own on a server of this machine (SQLite: a file's path), for tests that name their tables. */
export async function emptyDatabase(database: TestDatabase, file: string): Promise<EmptyDatabase> {
  const shared = { autoLoadEntities: true, retryAttempts: 1 };
  if (database === 'sqlite') {
    return {
      connection: { ...shared, type: 'better-sqlite3', database: file },
      drop: async () => undefined,
    };
  }
  const at = database === 'postgres' ? POSTGRES_URL : MARIADB_URL;
  const name = `t${randomBytes(5).toString('hex')}`;
  const url = new URL(at);
  url.pathname = `/${name}`;
  const onServer = async (statement: string): Promise<void> => {
    const server = await new DataSource({ type: database, url: at } as DataSourceOptions).initialize();
    await server.query(statement).finally(() => server.destroy());
  };
  await onServer(`create database ${name}`);
  return {
    connection: { ...shared, type: database, url: url.href } as TypeOrmModuleOptions,
    drop: () => onServer(`drop database ${name}`),
  };
}
