import type { MigrationInterface } from 'typeorm';
import type { AuthFeature } from '../../features/auth-feature.js';
import { entityClassOf } from '../entities/auth-entities.js';
import { CreateAuthTables1795219200000 } from './create-auth-tables.js';
import { CreateKeyAndClientTables1795824000000 } from './create-key-and-client-tables.js';
import { CreateTables } from './create-tables.js';
import { WidenAnnouncementIds1796428800000 } from './widen-announcement-ids.js';

/** The migrations of the core, for the `migrations` of the connection. */
export const AUTH_MIGRATIONS = [
  CreateAuthTables1795219200000,
  CreateKeyAndClientTables1795824000000,
  WidenAnnouncementIds1796428800000,
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
  const ofFeatures = features.flatMap(({ tables = [] }) =>
    tables.map(({ name, creates }) => {
      class CreateFeatureTables extends CreateTables {
        readonly name = name;
        protected readonly tables = creates.map(entityClassOf);
      }
      Object.defineProperty(CreateFeatureTables, 'name', { value: name });
      return CreateFeatureTables;
    }),
  );
  return [...AUTH_MIGRATIONS, ...ofFeatures];
}
