import type { AuthFeature } from '../../features/auth-feature.js';
import { OptionReader } from '../../validation/option-reader.js';
import { resolveTableNames, TableNaming, type TableNames } from '../clients/table-names.js';
import type { Dialect } from '../database/dialect.js';
import { CREATE_AUTH_TABLES, CREATE_KEY_TABLE } from './core-migrations.js';
import { createTables } from './table-statements.js';

/** For which tables the migrations are, and what they are called. */
export interface AuthMigrationOptions extends TableNames {
  /** The list that AuthModule is given. Default: none. */
  readonly features?: readonly AuthFeature[];
}

/** One migration, as text. */
export interface AuthMigration {
  /** Such as `CreateAuthTables1795219200000`: for good, and the same as in the migrations for TypeORM. */
  readonly name: string;
  /** In this order, each without a semicolon. What is there already, they leave as it is. */
  readonly statements: readonly string[];
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
  const { features, names } = resolveMigrationOptions(reader);
  if (names.schema !== undefined && dialect !== 'postgres')
    reader.refuse('schema', 'left out: PostgreSQL alone has schemas', names.schema);
  const naming = new TableNaming(dialect, names);
  const migrations = [CREATE_AUTH_TABLES, CREATE_KEY_TABLE, ...features.flatMap(({ tables = [] }) => tables)];
  return migrations.map(({ name, creates }) => ({
    name,
    statements: createTables(naming, creates),
  }));
}

export function resolveMigrationOptions(reader: OptionReader) {
  const features = reader.custom('features', 'the list of features of AuthModule', isFeatures, []);
  const names = resolveTableNames(reader);
  reader.done();
  return { features, names };
}

const isDialect = (value: unknown): value is Dialect['name'] =>
  value === 'postgres' || value === 'mysql' || value === 'sqlite';
const isFeatures = (value: unknown): value is readonly AuthFeature[] =>
  Array.isArray(value) &&
  value.every((one) => typeof one === 'object' && one !== null && typeof one.name === 'string');
