import type { InjectionToken } from '@nestjs/common';
import { AuthConfigError } from '../../errors/auth-config-error.js';
import { AuthStores } from '../../stores/auth-stores.js';
import { StoreSettings, type StoresDoor } from '../../stores/stores-door.js';
import { isFunction, OptionReader } from '../../validation/option-reader.js';
import { provide, type Token } from '../../wiring/provide.js';
import { type DoorOptions, type ResolvedDoorOptions, resolveDoorOptions } from '../stores/door.js';
import { SqlStores } from '../stores/sql-stores.js';
import { clientDatabase, clientNotifier } from './client-database.js';
import { type KnownClient, knownClient, type SqlClient } from './sql-client.js';
import { type ResolvedTableNames, resolveTableNames, TableNaming, type TableNames } from './table-names.js';

/** The client itself, or a factory that gives it. */
export type SqlClientSource =
  | { readonly client: SqlClient; readonly inject?: never; readonly useFactory?: never }
  | {
      readonly client?: never;
      /** Tokens that the `imports` of AuthModule export. */
      readonly inject?: readonly InjectionToken[];
      readonly useFactory: (...values: never[]) => SqlClient | Promise<SqlClient>;
    };

/** Options of the stores on a client of the application. */
export type SqlStoresOptions = SqlClientSource & DoorOptions & TableNames;

/**
 * The stores on a `pg` Pool, a `mysql2` pool or a `better-sqlite3` database that the application has: PostgreSQL, MariaDB,
 * MySQL or SQLite without an ORM, or beside one. The application makes the client, and ends it. Make the tables with
 * `migrateAuth`. Throws AuthConfigError for an option that is wrong; a client of another kind, or tables that are missing,
 * stop the boot.
 *
 * @example
 * ```ts
 * import { sqlStores } from 'nestjs-aerie/sql';
 * import pg from 'pg';
 *
 * const pool = new pg.Pool({ connectionString: process.env['DATABASE_URL']! });
 * // For the `stores` of AuthModule.
 * export const stores = sqlStores({ client: pool, audit: { retention: '30d' } });
 * // Or with a pool that a module of the application exports.
 * export const injected = sqlStores({ inject: ['POOL'], useFactory: (given: pg.Pool) => given });
 * ```
 */
export function sqlStores(options: SqlStoresOptions): StoresDoor {
  const reader = new OptionReader(options, 'stores');
  const settings = { ...resolveDoorOptions(reader), names: resolveTableNames(reader) };
  const source = sourceIn(reader);
  reader.done();
  if ('client' in source) checkNames(knownClient(source.client), settings.names);
  const { inject, useFactory } =
    'client' in source ? { inject: [], useFactory: () => source.client } : source;
  return {
    provider: provide(AuthStores, [StoreSettings, ...inject], async (stores, ...values) =>
      clientStores(knownClient(await useFactory(...(values as never[]))), settings, stores),
    ),
  };
}

/** The stores on a client that has the tables. */
export function clientStores(
  client: KnownClient,
  { database, eventRetentionMs, names }: ResolvedDoorOptions & { readonly names: ResolvedTableNames },
  settings: StoreSettings,
): SqlStores {
  checkNames(client, names);
  const given = Object.entries(names).filter(([, value]) => value);
  const command = ['npx nestjs-aerie migrations run', ...given.map(([name, value]) => `--${name} ${value}`)];
  const members = given.map(([name, value]) => `${name}: ${JSON.stringify(value)}`);
  if (settings.featureTables.length > 0) {
    command.push('--features <file>');
    members.push('features');
  }
  const call = `migrateAuth(client${members.length > 0 ? `, { ${members.join(', ')} }` : ''})`;
  const connection = {
    database: clientDatabase(client, new TableNaming(client.dialect, names), database),
    notifierOn: clientNotifier(client),
    advice: () =>
      `run "${command.join(' ')}", or await ${call} of nestjs-aerie/sql before the application starts`,
  };
  return new SqlStores(connection, settings, eventRetentionMs);
}

type Source =
  | { readonly client: unknown }
  | { readonly inject: readonly Token[]; readonly useFactory: (...values: never[]) => unknown };

function sourceIn(reader: OptionReader): Source {
  // Not by `custom`: an error would show the client, and its password.
  if (reader.has('useFactory')) {
    const useFactory = reader.custom('useFactory', 'a function that gives the client', isFunction);
    const inject = reader.custom('inject', 'a list of tokens', isList, []);
    if (reader.has('client'))
      throw new AuthConfigError('"stores.client" must be left out beside "useFactory" (got both)');
    return { inject: inject as readonly Token[], useFactory };
  }
  if (reader.has('inject')) reader.refuse('inject', 'left out without "useFactory"', 'a list');
  return { client: reader.secret('client', 'a client, or useFactory', isGiven) };
}

const isGiven = (value: unknown): value is unknown => value !== undefined;
const isList = (value: unknown): value is readonly unknown[] => Array.isArray(value);

/** Throws AuthConfigError for names that this database does not have. */
function checkNames({ dialect }: KnownClient, { schema }: ResolvedTableNames): void {
  if (schema === undefined || dialect === 'postgres') return;
  throw new AuthConfigError('"stores.schema" must be left out: PostgreSQL alone has schemas');
}
