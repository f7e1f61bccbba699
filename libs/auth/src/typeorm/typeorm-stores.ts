import { createHash } from 'node:crypto';
import type { DataSource } from 'typeorm';
import { AuthEvent } from './entities/auth-event.entity.js';
import type { SecurityEventStore } from '../audit/security-event-store.js';
import { SqlSecurityEventStore } from '../sql/stores/sql-security-event-store.js';
import { AUTH_ENTITIES } from './entities/auth-entities.js';
import type { SqlDatabase } from '../sql/database/sql-database.js';
import { isTableMissing } from '../sql/database/missing-table.js';
import { sql, trustedSql } from '../sql/database/sql.js';
import { authDatabase } from './connection/open-database.js';
import { AuthConfigError, ENTITIES_MISSING } from '../errors/auth-config-error.js';
import type { StoreUnavailableError } from '../errors/auth-error.js';
import type { ResolvedAuthOptions } from '../options/resolve-auth-options.js';
import type { SigningKeyStore } from '../keys/signing-key-store.js';
import { StoredSigningKey } from './entities/stored-signing-key.entity.js';
import { SqlSigningKeyStore } from '../sql/stores/sql-signing-key-store.js';
import { Revocation } from './entities/revocation.entity.js';
import { RefreshTokenFamily } from './entities/refresh-token-family.entity.js';
import { SqlRefreshTokenFamilyStore } from '../sql/stores/sql-refresh-token-family-store.js';
import { type OwnRevocationsListener, RevocationWriter } from '../sql/stores/revocation-writer.js';
import type { RevocationNotifier } from '../revocation/revocation-notifier.js';
import { SqlRevocationLog } from '../sql/stores/sql-revocation-log.js';
import { PostgresNotifier } from './connection/postgres-notifier.js';
import { SqlSignInLookup } from '../sql/stores/sql-sign-in-lookup.js';
import type { ServiceClientStore } from '../features/service-issuer/clients/service-client-store.js';
import { ServiceClient } from './entities/service-client.entity.js';
import { SpentTokenId } from './entities/spent-token-id.entity.js';
import { SqlServiceClientStore } from '../features/service-issuer/clients/sql-service-client-store.js';
import { SqlSessionStore } from '../sql/stores/sql-session-store.js';
import { AuthStores } from '../stores/auth-stores.js';
import { SqlConcurrentSignIns } from '../sql/stores/sql-concurrent-sign-ins.js';
import { SqlSignInRegistry } from '../sql/stores/sql-sign-in-registry.js';
import { SqlSubjectEnding } from '../sql/stores/sql-subject-ending.js';
import { AuthSubject } from './entities/auth-subject.entity.js';
import { subjectOfKey } from '../subjects/subject-key.js';
import { SqlOpening } from '../sql/stores/sql-opening.js';
import { SqlSubjectStore } from '../sql/stores/sql-subject-store.js';

const FIVE_MINUTES_MS = 5 * 60_000;

/** Builds the stores on a TypeORM connection. Throws AuthConfigError when it is missing or lacks our entities. */
export function authStores(
  source: DataSource | undefined,
  name: string | undefined,
  options: ResolvedAuthOptions,
): AuthStores {
  if (!source) {
    const named =
      name === undefined ? 'the default connection' : `a connection named ${JSON.stringify(name)}`;
    throw new AuthConfigError(
      `"dataSource" must name a TypeORM connection of this application (got ${named}, and there is none): import TypeOrmModule.forRoot(...), or give AuthModule the connection's name, or "stores" of your own`,
    );
  }
  if (!AUTH_ENTITIES.every((entity) => source.hasMetadata(entity))) {
    throw new AuthConfigError(ENTITIES_MISSING);
  }
  return new TypeOrmStores(source, authDatabase(source, options.database), options);
}

/**
 * Where security events are kept, beside the stores; null without `audit.table`. Throws AuthConfigError for stores that
 * are not ours: nobody would erase their events when a subject is forgotten.
 */
export function securityEventStore(
  stores: AuthStores,
  { audit }: ResolvedAuthOptions,
): SecurityEventStore | null {
  if (!audit.table) return null;
  if (stores instanceof TypeOrmStores) return stores.events;
  throw new AuthConfigError(
    '"audit.table" must be false beside "stores" of your own (got true): it belongs to the stores on TypeORM; keep what SecurityEvents.events$ tells instead',
  );
}

/** The stores on one TypeORM connection. */
class TypeOrmStores extends AuthStores {
  readonly subjects: SqlSubjectStore;
  readonly sessions: SqlSessionStore;
  readonly families: SqlRefreshTokenFamilyStore;
  readonly registry: SqlSignInRegistry;
  readonly lookup: SqlSignInLookup;
  /** Null: they are not kept, and nobody asks whether there is a table for them. */
  readonly events: SqlSecurityEventStore | null;

  readonly revocations: SqlRevocationLog;
  /** Null: keys are not kept either. */
  private readonly keys: SqlSigningKeyStore | null;
  /** On which PostgreSQL notifies of revocations; null: it does not. */
  private readonly channel: string | null;
  private readonly announcing: RevocationWriter;
  /** Null: nobody asked for them, nor whether there are tables for them. */
  private serviceClients: SqlServiceClientStore | null = null;

  constructor(
    private readonly source: DataSource,
    private readonly database: SqlDatabase,
    { accessTokens, revocation, audit, keys }: ResolvedAuthOptions,
  ) {
    super();
    const notifies =
      database.dialect.name === 'postgres' &&
      revocation.mode === 'feed' &&
      revocation.notifications &&
      revocation.redis === null;
    this.channel = notifies ? channelOf(source.getMetadata(Revocation).tablePath) : null;
    const revocations = new RevocationWriter(
      database,
      subjectOfKey,
      accessTokens.longestLifetimeMs + accessTokens.clockToleranceMs + FIVE_MINUTES_MS,
      this.channel === null ? null : trustedSql(`'${this.channel}'`),
    );
    this.announcing = revocations;
    this.revocations = new SqlRevocationLog(database, subjectOfKey);
    this.subjects = new SqlSubjectStore(database);
    const events = audit.table ? new SqlSecurityEventStore(database, audit.retentionMs) : null;
    this.events = events;
    const endings = new SqlSubjectEnding(
      database,
      this.subjects,
      revocations,
      events && ((subject) => events.erasing(subject)),
    );
    const room = new SqlConcurrentSignIns(database, revocations);
    const openings = new SqlOpening(this.subjects, (epochs, limit) => room.making(epochs, limit));
    this.sessions = new SqlSessionStore(database, this.subjects, revocations, openings);
    this.families = new SqlRefreshTokenFamilyStore(
      database,
      this.subjects,
      revocations,
      openings,
      (subject, reason) => endings.ending(subject, reason),
    );
    this.registry = new SqlSignInRegistry(
      database,
      this.subjects,
      revocations,
      endings,
      this.sessions,
      this.families,
    );
    const [families, subjects] = [database.table(RefreshTokenFamily), database.table(AuthSubject)];
    this.lookup = new SqlSignInLookup(database, families, subjects);
    this.keys =
      keys === 'managed' ? new SqlSigningKeyStore(database, () => revocations.writeNow('keys', '')) : null;
  }

  override notifier(): RevocationNotifier | null {
    return this.channel === null ? null : new PostgresNotifier(this.source, this.channel);
  }

  override tellsOwn(listener: OwnRevocationsListener): boolean {
    this.announcing.listener = listener;
    return true;
  }

  override signingKeys(): SigningKeyStore | null {
    return this.keys;
  }

  override clients(): ServiceClientStore {
    const global = this.subjects.globalEpoch();
    return (this.serviceClients ??= new SqlServiceClientStore(this.database, this.announcing, global));
  }

  override async missing(): Promise<readonly string[]> {
    const missing: string[] = [];
    for (const entity of AUTH_ENTITIES) {
      if (entity === AuthEvent && !this.events) continue;
      if (entity === StoredSigningKey && !this.keys) continue;
      if ((entity === ServiceClient || entity === SpentTokenId) && !this.serviceClients) continue;
      const table = this.database.table(entity as new () => object);
      try {
        await this.database.run(sql`select ${table.everyColumnOf('t')} from ${table.name} t where 1 = 0`);
      } catch (error) {
        if (!isTableMissing((error as StoreUnavailableError).cause)) throw error;
        missing.push(
          `the table ${table.name.text(() => '')} must exist, with every column of ${entity.name} (the table or a column is missing): add AUTH_MIGRATIONS to the connection's migrations and run them (migrationsRun: true), or set synchronize: true while developing${sharedMigrations(this.source)}`,
        );
      }
    }
    return missing;
  }
}

/** TypeORM does not prefix its own table of migrations: two applications of one database take each other's for run. */
function sharedMigrations({ options }: DataSource): string {
  const { entityPrefix, migrationsTableName } = options;
  if (!entityPrefix || migrationsTableName) return '';
  const own = JSON.stringify(`${entityPrefix}migrations`);
  return `; with an entityPrefix (${JSON.stringify(entityPrefix)}) give the connection a migrationsTableName of its own, too, such as ${own}: beside another application of this database, TypeORM finds the migrations of that one, and runs none`;
}

/** A channel of the database for each table: deployments that share one database do not wake each other. */
function channelOf(tablePath: string): string {
  return `aerie_${createHash('sha256').update(tablePath).digest('hex').slice(0, 24)}`;
}
