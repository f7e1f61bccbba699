import type { MigrationInterface } from 'typeorm';
import type { AuthFeature } from '../../features/auth-feature.js';
import {
  ADD_CREDENTIAL_VERSION,
  ADD_REVOKED_TOKENS,
  CREATE_ATTEMPT_TABLE,
  CREATE_AUTH_TABLES,
  CREATE_KEY_TABLE,
} from '../../sql/migrations/core-migrations.js';
import { createTablesMigration } from './create-tables.js';
import { WidenAnnouncementIds1796428800000 } from './widen-announcement-ids.js';

/** The migrations of the core, for the `migrations` of the connection. */
export const AUTH_MIGRATIONS: (new () => MigrationInterface)[] = [
  createTablesMigration(CREATE_AUTH_TABLES),
  createTablesMigration(CREATE_KEY_TABLE),
  WidenAnnouncementIds1796428800000,
  createTablesMigration(ADD_CREDENTIAL_VERSION),
  createTablesMigration(CREATE_ATTEMPT_TABLE),
  createTablesMigration(ADD_REVOKED_TOKENS),
];

/**
 * The migrations of the core and of features. Give it the list that AuthModule is given: a feature that is switched on later
 * gets its tables then.
 *
 * @example
 * ```ts
 * import { serviceIssuer } from 'nestjs-aerie/service-tokens';
 * import { authMigrations } from 'nestjs-aerie/typeorm';
 *
 * export const migrations = authMigrations([serviceIssuer()]);
 * ```
 */
export function authMigrations(features: readonly AuthFeature[]): (new () => MigrationInterface)[] {
  return [...AUTH_MIGRATIONS, ...features.flatMap(({ tables = [] }) => tables.map(createTablesMigration))];
}
