import { createHash } from 'node:crypto';
import { OptionReader } from '../../validation/option-reader.js';
import { clientDatabase, clientDriver, type KnownPool } from '../clients/client-database.js';
import { knownClient, type SqlClient } from '../clients/sql-client.js';
import { TableNaming } from '../clients/table-names.js';
import { StoreUnavailableError } from '../../errors/auth-error.js';
import { asNumber } from '../database/column-values.js';
import { MYSQL, POSTGRES, SQLITE } from '../database/dialect.js';
import { sql, trustedSql } from '../database/sql.js';
import { driven, type SqlTransaction } from '../database/sql-database.js';
import { bigint, type TableDefinition, varchar } from '../database/table-definition.js';
import {
  type AuthMigrationOptions,
  type MigrationStep,
  migrationSteps,
  resolveMigrationOptions,
} from './auth-migration-sql.js';
import { createTables } from './table-statements.js';

/** Which migrations ran here. */
const MIGRATIONS: TableDefinition<{ name: string; ranAt: number }> = {
  name: 'auth_migration',
  entity: 'AuthMigration',
  columns: {
    name: varchar('name', 100, { primary: true }),
    ranAt: bigint('ran_at', { values: asNumber }),
  },
  indices: [],
};

const DIALECTS = { postgres: POSTGRES, mysql: MYSQL, sqlite: SQLITE } as const;
/** How long a node waits for another one that migrates. */
const LOCK_SECONDS = 60;

/**
 * Makes the tables, and later the changes of a new version: runs the migrations that have not run on this database yet, and
 * gives their names. It keeps them in a table of its own (`auth_migration`). Several nodes may call it at once: one runs
 * them, the others wait for up to a minute. Tables that TypeORM's migrations have made, it takes over as they are.
 * Rejects with AuthConfigError for an option or a client that is wrong, and with the driver's error when the database
 * refuses.
 *
 * @example
 * ```ts
 * import { migrateAuth } from 'nestjs-aerie/sql';
 * import pg from 'pg';
 *
 * const pool = new pg.Pool({ connectionString: process.env['DATABASE_URL']! });
 * // Before the application starts.
 * await migrateAuth(pool);
 * ```
 */
export async function migrateAuth(
  client: SqlClient,
  options: AuthMigrationOptions = {},
): Promise<readonly string[]> {
  const known = knownClient(client);
  const reader = new OptionReader(options, 'migrations');
  const { features, names } = resolveMigrationOptions(reader, known.dialect);
  const naming = new TableNaming(known.dialect, names);
  const migrations = migrationSteps(naming, features);
  const run = () => migrating(migrations, naming);
  if (known.dialect !== 'sqlite') return onConnection(known, naming, run);
  const limits = { deadlineMs: LOCK_SECONDS * 1_000, preparedStatements: false };
  try {
    return await clientDatabase(known, naming, limits).transaction(run);
  } catch (error) {
    throw error instanceof StoreUnavailableError ? error.cause : error;
  }
}

/** On one connection. After a failure it is thrown away, and with it the lock and, on PostgreSQL, all that was done. */
async function onConnection(
  pool: KnownPool,
  naming: TableNaming,
  run: () => SqlTransaction<readonly string[]>,
): Promise<readonly string[]> {
  const driver = clientDriver(pool, naming, false);
  const { placeholder } = driver.dialect;
  const connection = await driver.connect();
  try {
    for (const statement of driver.begin) await connection.query(statement, []);
    const ran = await driven(run(), (one) => connection.query(one.text(placeholder), one.values));
    await connection.query('commit', []);
    return ran;
  } catch (error) {
    connection.sever();
    throw error;
  } finally {
    connection.release();
  }
}

function* migrating(
  migrations: ReturnType<typeof migrationSteps>,
  naming: TableNaming,
): SqlTransaction<readonly string[]> {
  yield* waitingForOthers(naming);
  // "if not exists" asks for the right to create all the same: an application's own user need not have it.
  if (!(yield* isThere(naming)))
    for (const statement of createTables(naming, [MIGRATIONS])) yield trustedSql(statement);
  const table = naming.of(MIGRATIONS);
  const { name, column } = table;
  const { rows } = yield sql`select ${column.name} as name from ${name}`;
  const before = new Set(rows.map((row) => row['name']));
  const ran = migrations.filter((one) => !before.has(one.name));
  const { nowMs } = DIALECTS[naming.dialect];
  for (const migration of ran) {
    for (const { statement, adds } of migration.steps)
      if (!adds || !(yield* hasColumn(naming, adds))) yield trustedSql(statement);
    yield sql`insert into ${name} (${column.name}, ${column.ranAt}) values (${migration.name}, ${nowMs})`;
  }
  if (naming.dialect === 'mysql') yield sql`select release_lock(${lockOf(naming)})`;
  return ran.map((one) => one.name);
}

/** Whether a column that a migration adds is there: migrations for TypeORM may have made the table. */
function* hasColumn(
  naming: TableNaming,
  { table, column }: NonNullable<MigrationStep['adds']>,
): SqlTransaction<boolean> {
  const quoted = naming.table(table);
  const name = quoted.replace(/[`"]/g, '');
  const { rows } = yield {
    postgres: sql`select count(*) as found from pg_attribute
      where attrelid = to_regclass(${quoted}) and attname = ${column} and not attisdropped`,
    mysql: sql`select count(*) as found from information_schema.columns
      where table_schema = database() and table_name = ${name} and column_name = ${column}`,
    sqlite: sql`select count(*) as found from pragma_table_info(${name}) where name = ${column}`,
  }[naming.dialect];
  return Number(rows[0]?.['found']) > 0;
}

/** Whether the table of the migrations is there. */
function* isThere(naming: TableNaming): SqlTransaction<boolean> {
  const quoted = naming.table(MIGRATIONS.name);
  const name = quoted.replace(/[`"]/g, '');
  const { rows } = yield {
    postgres: sql`select count(to_regclass(${quoted})) as found`,
    mysql: sql`select count(*) as found from information_schema.tables where table_schema = database() and table_name = ${name}`,
    sqlite: sql`select count(*) as found from sqlite_master where type = 'table' and name = ${name}`,
  }[naming.dialect];
  return Number(rows[0]?.['found']) > 0;
}

/** One node at a time. A transaction that writes to SQLite is alone anyway. */
function* waitingForOthers(naming: TableNaming): SqlTransaction<void> {
  if (naming.dialect === 'postgres') {
    yield trustedSql(`set local lock_timeout = '${LOCK_SECONDS}s'`);
    const key = createHash('sha256').update(naming.table(MIGRATIONS.name)).digest().readBigInt64BE();
    yield trustedSql(`select pg_advisory_xact_lock(${key})`);
  }
  if (naming.dialect === 'mysql') {
    const { rows } = yield sql`select get_lock(${lockOf(naming)}, ${LOCK_SECONDS}) as locked`;
    if (Number(rows[0]?.['locked']) !== 1)
      throw new Error(`another process has been migrating for ${LOCK_SECONDS} s`);
  }
}

/** Locks of MariaDB and MySQL are the server's: so the name of the database belongs to theirs. */
const lockOf = (naming: TableNaming) =>
  sql`concat('aerie_', left(sha2(concat(database(), ${naming.table(MIGRATIONS.name)}), 256), 40))`;
