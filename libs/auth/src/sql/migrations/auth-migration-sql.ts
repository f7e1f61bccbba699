import type { AuthFeature } from '../../features/auth-feature.js';
import { OptionReader } from '../../validation/option-reader.js';
import { resolveTableNames, TableNaming, type TableNames } from '../clients/table-names.js';
import type { Dialect } from '../database/dialect.js';
import { CORE_MIGRATIONS } from './core-migrations.js';
import { addColumn, createTables } from './table-statements.js';

/** For which tables the migrations are, and what they are called. */
export interface AuthMigrationOptions extends TableNames {
  /** The list that AuthModule is given. Default: none. */
  readonly features?: readonly AuthFeature[];
}

/** One migration, as text. */
export interface AuthMigration {
  /** Such as `CreateAuthTables1795219200000`: for good, and the same as in the migrations for TypeORM. */
  readonly name: string;
  /**
   * In this order, each without a semicolon. They leave tables that are there already as they are. A column that is there
   * already makes its statement fail on MySQL, MariaDB and SQLite; `migrateAuth` leaves that statement out.
   */
  readonly statements: readonly string[];
}

/** One statement of a migration. */
export interface MigrationStep {
  readonly statement: string;
  /** Of a statement that adds a column: it is left out where the column is there. */
  readonly adds?: { readonly table: string; readonly column: string };
}

/**
 * The migrations of the core and of features as SQL, in the order in which they are to run: for a migration tool of your own.
 * `migrateAuth` runs the same. `dialect`: `mysql` is MariaDB's, too. Throws AuthConfigError for an option that is wrong.
 *
 * @example
 * ```ts
 * import { authMigrationSql } from 'nestjs-aerie/sql';
 *
 * for (const { name, statements } of authMigrationSql({ dialect: 'postgres', prefix: 'app_' }))
 *   console.log(`-- ${name}\n${statements.map((one) => `${one};`).join('\n')}`);
 * ```
 */
export function authMigrationSql(
  options: AuthMigrationOptions & { readonly dialect: Dialect['name'] },
): readonly AuthMigration[] {
  const reader = new OptionReader(options, 'migrations');
  const dialect = reader.custom('dialect', 'postgres, mysql or sqlite', isDialect);
  const { features, names } = resolveMigrationOptions(reader, dialect);
  const naming = new TableNaming(dialect, names);
  return migrationSteps(naming, features).map(({ name, steps }) => ({
    name,
    statements: steps.map(({ statement }) => statement),
  }));
}

/** The same migrations, with what `migrateAuth` looks at before a statement. */
export function migrationSteps(
  naming: TableNaming,
  features: readonly AuthFeature[],
): readonly { readonly name: string; readonly steps: readonly MigrationStep[] }[] {
  const migrations = [...CORE_MIGRATIONS, ...features.flatMap(({ tables = [] }) => tables)];
  const added = new Set(
    migrations.flatMap(({ adds = [] }) =>
      adds.flatMap(({ table, columns }) => columns.map((property) => table.columns[property])),
    ),
  );
  return migrations.map(({ name, creates, adds = [] }) => ({
    name,
    steps: [
      ...createTables(naming, creates, (column) => !added.has(column)).map((statement) => ({ statement })),
      ...adds.flatMap(({ table, columns }) =>
        columns.map((property) => {
          const column = table.columns[property]!;
          return {
            statement: addColumn(naming, table, column),
            adds: { table: table.name, column: column.name },
          };
        }),
      ),
    ],
  }));
}

export function resolveMigrationOptions(reader: OptionReader, dialect: Dialect['name']) {
  const features = reader.custom('features', 'the list of features of AuthModule', isFeatures, []);
  const names = resolveTableNames(reader);
  if (names.schema !== undefined && dialect !== 'postgres')
    reader.refuse('schema', 'left out: PostgreSQL alone has schemas', names.schema);
  reader.done();
  return { features, names };
}

const isDialect = (value: unknown): value is Dialect['name'] =>
  value === 'postgres' || value === 'mysql' || value === 'sqlite';
const isFeatures = (value: unknown): value is readonly AuthFeature[] =>
  Array.isArray(value) &&
  value.every((one) => typeof one === 'object' && one !== null && typeof one.name === 'string');
