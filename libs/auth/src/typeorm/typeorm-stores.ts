import { getDataSourceToken, TypeOrmModule } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import { AuthConfigError } from '../errors/auth-config-error.js';
import type { ResolvedDatabaseOptions } from '../sql/database/database-options.js';
import { type ListeningPool, PostgresNotifier } from '../sql/drivers/postgres-notifier.js';
import { type DoorOptions, resolveDoorOptions } from '../sql/stores/door.js';
import { SqlStores } from '../sql/stores/sql-stores.js';
import { AuthStores } from '../stores/auth-stores.js';
import { StoreSettings, type StoresDoor } from '../stores/stores-door.js';
import { OptionReader } from '../validation/option-reader.js';
import { provide, typed } from '../wiring/provide.js';
import { authDatabase } from './connection/open-database.js';
import { keepObjectsOfSqliteDriver } from './connection/kept-sqlite.js';
import { AUTH_ENTITIES, entityClassOf, entityOf } from './entities/auth-entities.js';

/** Options of the stores on TypeORM. */
export interface TypeOrmStoresOptions extends DoorOptions {
  /** The name of the TypeORM connection. Default: the unnamed one. */
  readonly dataSource?: string;
}

/**
 * The stores on a TypeORM connection of the application: PostgreSQL, MariaDB, MySQL, or SQLite through better-sqlite3.
 * Throws AuthConfigError for an option that is wrong; a connection that is missing or lacks the entities stops the boot.
 *
 * @example
 * ```ts
 * import { typeOrmStores } from 'nestjs-aerie/typeorm';
 *
 * // For the `stores` of AuthModule.
 * export const stores = typeOrmStores({ dataSource: 'accounts', audit: { retention: '30d' } });
 * ```
 */
export function typeOrmStores(options: TypeOrmStoresOptions = {}): StoresDoor {
  const reader = new OptionReader(options, 'stores');
  const name = reader.custom('dataSource', 'the name of a TypeORM connection', isNameOrNone, undefined);
  const { database, eventRetentionMs } = resolveDoorOptions(reader);
  reader.done();
  return {
    provider: provide(
      AuthStores,
      [{ token: typed<DataSource>(getDataSourceToken(name)), optional: true }, StoreSettings],
      (given, settings) =>
        storesOn(checkedSource(given, name, settings), database, settings, eventRetentionMs),
    ),
    register(featureTables) {
      keepObjectsOfSqliteDriver();
      // For its side effect: `autoLoadEntities` learns of ours. Importing its result would fail before our own checks.
      TypeOrmModule.forFeature([...AUTH_ENTITIES, ...featureTables.map(entityOf)], name);
    },
  };
}

/** The stores on a connection that has the entities. `eventRetentionMs`: null where security events are not kept. */
export function storesOn(
  source: DataSource,
  database: ResolvedDatabaseOptions,
  settings: StoreSettings,
  eventRetentionMs: number | null,
): SqlStores {
  const connection = {
    database: authDatabase(source, database),
    notifierOn: (channel: string) =>
      new PostgresNotifier(() => (source.driver as unknown as { master: ListeningPool }).master, channel),
    advice: (isOfFeature: boolean) =>
      `${isOfFeature ? "put authMigrations(features) in place of AUTH_MIGRATIONS, with AuthModule's list of features, into" : 'add AUTH_MIGRATIONS to'} the connection's migrations and run them (migrationsRun: true), or set synchronize: true while developing${sharedMigrations(source)}`,
  };
  return new SqlStores(connection, settings, eventRetentionMs);
}

const isNameOrNone = (value: unknown): value is string | undefined =>
  value === undefined || typeof value === 'string';

/** Throws AuthConfigError when the connection is missing or lacks our entities. */
function checkedSource(
  source: DataSource | undefined,
  name: string | undefined,
  { featureTables }: StoreSettings,
): DataSource {
  if (!source) {
    const named =
      name === undefined ? 'the default connection' : `a connection named ${JSON.stringify(name)}`;
    throw new AuthConfigError(
      `"stores.dataSource" must name a TypeORM connection of this application (got ${named}, and there is none): import TypeOrmModule.forRoot(...), or give typeOrmStores({ dataSource }) the connection's name`,
    );
  }
  if (!AUTH_ENTITIES.every((entity) => source.hasMetadata(entity))) {
    throw new AuthConfigError(
      'the entities of AuthModule must be in its TypeORM connection (got a connection without them): set autoLoadEntities: true, or entities: [...AUTH_ENTITIES, ...] (from nestjs-aerie/typeorm)',
    );
  }
  const lacking = featureTables.filter(({ definition }) => !source.hasMetadata(entityClassOf(definition)));
  if (lacking.length > 0) {
    const features = [...new Set(lacking.map(({ feature }) => feature))].join(', ');
    throw new AuthConfigError(
      `the entities of ${features} must be in the TypeORM connection of AuthModule (got a connection without them): set autoLoadEntities: true, or entities: [...authEntities(features), ...] (from nestjs-aerie/typeorm), with the list that AuthModule is given`,
    );
  }
  return source;
}

/** TypeORM does not prefix its own table of migrations: two applications of one database take each other's for run. */
function sharedMigrations({ options }: DataSource): string {
  const { entityPrefix, migrationsTableName } = options;
  if (!entityPrefix || migrationsTableName) return '';
  const own = JSON.stringify(`${entityPrefix}migrations`);
  return `; with an entityPrefix (${JSON.stringify(entityPrefix)}) give the connection a migrationsTableName of its own, too, such as ${own}: beside another application of this database, TypeORM finds the migrations of that one, and runs none`;
}
