import { getDataSourceToken, TypeOrmModule } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import { AuthConfigError } from '../errors/auth-config-error.js';
import {
  type DatabaseOptions,
  type ResolvedDatabaseOptions,
  resolveDatabaseOptions,
} from '../sql/database/database-options.js';
import { type ListeningPool, PostgresNotifier } from '../sql/drivers/postgres-notifier.js';
import { SqlStores } from '../sql/stores/sql-stores.js';
import { AuthStores } from '../stores/auth-stores.js';
import { StoreSettings, type StoresDoor } from '../stores/stores-door.js';
import type { Duration } from '../time/duration.js';
import { OptionReader } from '../validation/option-reader.js';
import { provide, typed } from '../wiring/provide.js';
import { authDatabase } from './connection/open-database.js';
import { keepObjectsOfSqliteDriver } from './connection/kept-sqlite.js';
import { AUTH_ENTITIES, entityClassOf, entityOf } from './entities/auth-entities.js';

/** Options of the stores on TypeORM. */
export interface TypeOrmStoresOptions {
  /** The name of the TypeORM connection. Default: the unnamed one. */
  readonly dataSource?: string;
  /** How long we wait for the database. */
  readonly database?: DatabaseOptions;
  /**
   * Whether security events are kept in the table `auth_event`, for `SecurityEvents.list`, and for how long: 1d to 3650d,
   * default `90d`. A change of the retention holds for the rows that are there, too. Default false.
   */
  readonly audit?: boolean | { readonly retention?: Duration };
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
  const database = resolveDatabaseOptions(reader.nested('database'));
  const eventRetentionMs = retentionIn(reader);
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

/** How long security events are kept; null: they are not. */
function retentionIn(reader: OptionReader): number | null {
  if (reader.isOff('audit') || !reader.has('audit')) return null;
  const given = reader.custom('audit', 'true, false or { retention }', isAudit);
  const audit = new OptionReader(given === true ? {} : given, 'stores.audit');
  const retentionMs = audit.duration('retention', { default: '90d', min: '1d', max: '3650d' });
  audit.done();
  return retentionMs;
}

const isAudit = (value: unknown): value is true | object =>
  value === true || (typeof value === 'object' && value !== null && !Array.isArray(value));

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
