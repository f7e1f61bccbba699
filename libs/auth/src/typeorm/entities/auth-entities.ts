import type { EntitySchema } from 'typeorm';
import { type AuthFeature, tablesOf } from '../../features/auth-feature.js';
import type { TableDefinition } from '../../sql/database/table-definition.js';
import { ATTEMPTS } from '../../sql/tables/attempt.table.js';
import { REVOCATIONS } from '../../sql/tables/revocation.table.js';
import { SECURITY_EVENTS } from '../../sql/tables/security-event.table.js';
import { SESSIONS } from '../../sql/tables/session.table.js';
import { FAMILIES } from '../../sql/tables/refresh-token-family.table.js';
import { SIGNING_KEYS } from '../../sql/tables/signing-key.table.js';
import { SUBJECTS } from '../../sql/tables/subject.table.js';
import { AuthAttempt } from './auth-attempt.entity.js';
import { AuthEvent } from './auth-event.entity.js';
import { AuthSubject } from './auth-subject.entity.js';
import { entitySchemaOf } from './entity-schema.js';
import { RefreshTokenFamily } from './refresh-token-family.entity.js';
import { Revocation } from './revocation.entity.js';
import { Session } from './session.entity.js';
import { StoredSigningKey } from './stored-signing-key.entity.js';

type EntityClass = new () => object;

/** The tables of the core, and their entities. */
const CORE: ReadonlyMap<TableDefinition, EntityClass> = new Map<TableDefinition, EntityClass>([
  [SUBJECTS, AuthSubject],
  [SESSIONS, Session],
  [FAMILIES, RefreshTokenFamily],
  [REVOCATIONS, Revocation],
  [SECURITY_EVENTS, AuthEvent],
  [SIGNING_KEYS, StoredSigningKey],
  [ATTEMPTS, AuthAttempt],
]);

/** The tables of the core. */
export const AUTH_TABLES: readonly TableDefinition[] = [...CORE.keys()];

/** The entities of the core, for the `entities` of a connection without `autoLoadEntities`. */
export const AUTH_ENTITIES = [
  AuthSubject,
  Session,
  RefreshTokenFamily,
  Revocation,
  AuthEvent,
  StoredSigningKey,
  AuthAttempt,
] as const;

/** The entity of a table: a class of the core's, or one that is made of a feature's definition. */
export function entityOf(definition: TableDefinition): EntityClass | EntitySchema {
  return CORE.get(definition) ?? entitySchemaOf(definition);
}

/** The class under which a connection knows the entity of a table. */
export function entityClassOf(definition: TableDefinition): EntityClass {
  return CORE.get(definition) ?? (entitySchemaOf(definition).options.target as EntityClass);
}

/**
 * The entities of the core and of features, for the `entities` of a connection without `autoLoadEntities`. Give it the list
 * that AuthModule is given.
 *
 * @example
 * ```ts
 * import { serviceIssuer } from 'nestjs-aerie/service-tokens';
 * import { authEntities } from 'nestjs-aerie/typeorm';
 *
 * export const entities = authEntities([serviceIssuer()]);
 * ```
 */
export function authEntities(features: readonly AuthFeature[]): (EntityClass | EntitySchema)[] {
  return [...AUTH_ENTITIES, ...tablesOf(features).map(({ definition }) => entityOf(definition))];
}
