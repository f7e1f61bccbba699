import { Logger } from '@nestjs/common';
import type { AuthFeature } from '../../features/auth-feature.js';
import { authMigrationSql } from '../../sql/migrations/auth-migration-sql.js';
import { migrateAuth } from '../../sql/migrations/migrate-auth.js';
import { applicationPath, exportsOf } from '../application/application-path.js';
import { CannotRun, firstLineOf } from '../cannot-run.js';
import {
  databaseClient,
  type DatabaseUrl,
  databaseUrl,
  databaseUrlOrDefault,
  dialectOf,
} from '../database/database-client.js';
import type { Terminal } from '../terminal.js';

export interface MigrationOptions extends DatabaseUrl {
  readonly dialect?: 'postgres' | 'mysql' | 'sqlite';
  /** A built file, and the name of its list of features. */
  readonly features?: string;
  readonly prefix?: string;
  readonly schema?: string;
  readonly json?: boolean;
}

const ON_TYPEORM =
  'An application on TypeORM runs AUTH_MIGRATIONS (with features: authMigrations(features)) of nestjs-aerie/typeorm instead: put them into the migrations of its DataSource.';

/** Prints the migrations as SQL, for a migration tool of the application. */
export async function printMigrations(options: MigrationOptions, terminal: Terminal): Promise<void> {
  terminal.keepResultsApart();
  const url = databaseUrl(options);
  const dialect = options.dialect ?? (url === null ? undefined : dialectOf(url));
  if (dialect === undefined)
    throw new CannotRun('say for which database: --dialect postgres, mysql (also for MariaDB) or sqlite');
  const migrations = authMigrationSql({ dialect, ...(await namesAndFeatures(options)) });
  if (options.json) return terminal.print(JSON.stringify(migrations, null, 2));
  terminal.print(`-- The tables of nestjs-aerie (${dialect}). Run each migration once, in this order.`);
  terminal.print(`-- ${ON_TYPEORM}`);
  for (const { name, statements } of migrations) {
    terminal.print(`\n-- ${name}`);
    for (const statement of statements) terminal.print(`${statement};`);
  }
}

/** Runs those that did not run on this database yet. */
export async function runMigrations(options: MigrationOptions, terminal: Terminal): Promise<void> {
  terminal.keepResultsApart();
  const url = databaseUrlOrDefault(options);
  if (url === null)
    throw new CannotRun('say in which database: --url-env NAME or --url, or set DATABASE_URL');
  const names = await namesAndFeatures(options);
  const client = await databaseClient(url, false);
  // What fails is said in one line, below.
  Logger.overrideLogger(false);
  const ran = await migrateAuth(client, names).catch((error: unknown) => {
    throw new CannotRun(
      `the migrations did not run: ${firstLineOf((error as { cause?: unknown }).cause ?? error)}`,
    );
  });
  if (options.json) return terminal.print(JSON.stringify({ ran }, null, 2));
  for (const name of ran) terminal.print(`ran ${name}`);
  if (ran.length === 0) terminal.print('nothing to run: every migration has run before');
}

async function namesAndFeatures({ prefix, schema, features }: MigrationOptions) {
  return {
    ...(prefix !== undefined && { prefix }),
    ...(schema !== undefined && { schema }),
    ...(features !== undefined && { features: await featuresIn(features) }),
  };
}

/** The list that AuthModule is given. Throws CannotRun. */
async function featuresIn(given: string): Promise<readonly AuthFeature[]> {
  const path = applicationPath(given);
  const all = await exportsOf(path);
  const name = path.exported ?? 'features';
  const found = all[name];
  if (!Array.isArray(found))
    throw new CannotRun(
      `${path.given} exports no list of features as ${name}: give it as ${path.given}#name`,
    );
  return found as readonly AuthFeature[];
}
