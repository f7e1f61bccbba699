import type { RefreshTokenFamilyStoreHarness, SessionStoreHarness } from 'nestjs-aerie/testing';
import { MemoryRefreshTokenFamilyStore, MemorySubjectStore } from 'nestjs-aerie/testing';
import { AUTH_ENTITIES, AuthSubject, RefreshTokenFamily, Revocation, Session } from 'nestjs-aerie';
import { DataSource, type DataSourceOptions } from 'typeorm';
import { authStores } from '../../libs/auth/src/auth.stores.js';
import { resolveAuthOptions } from '../../libs/auth/src/options/resolve-auth-options.js';
import { ISSUER, SECRET } from './test-app.js';
import { freshPrefix, type TestDatabase, testConnection } from './test-databases.js';

export interface StoreHarnesses {
  readonly families: RefreshTokenFamilyStoreHarness;
  readonly sessions: SessionStoreHarness;
  close(): Promise<void>;
}

/** The stores on a database of this machine, with tables of their own that `close` drops. */
export async function databaseHarnesses(database: TestDatabase): Promise<StoreHarnesses> {
  const source = await connect(database, freshPrefix());
  const stores = authStores(
    source,
    undefined,
    resolveAuthOptions({ secret: SECRET, issuer: ISSUER }, Date.now()),
  );
  const { subjects, registry } = stores;
  const announced = (kind: Revocation['kind']) => (value: string) =>
    source.getRepository(Revocation).countBy({ kind, value });
  const around = (entity: typeof RefreshTokenFamily | typeof Session) => ({
    epochs: (subject: string) => subjects.epochs(subject),
    advance: (subject: string) => registry.subjectChanged(subject),
    endSubject: async (subject: string) => void (await registry.endAll(subject, 'all_ended')),
    endingsAnnounced: announced('sign_in'),
    age: (id: string, ms: number) => age(source, entity, id, ms),
  });
  return {
    families: { ...around(RefreshTokenFamily), store: stores.families },
    sessions: { ...around(Session), store: stores.sessions, changesAnnounced: announced('sign_in_changed') },
    close: async () => {
      await dropTables(source);
      await source.destroy();
    },
  };
}

/** The reference implementation. */
export function memoryFamilies(): RefreshTokenFamilyStoreHarness {
  const clock = { now: () => Date.now() };
  const subjects = new MemorySubjectStore(clock);
  const store = new MemoryRefreshTokenFamilyStore(subjects, clock);
  return {
    store,
    epochs: (subject) => subjects.epochs(subject),
    advance: async (subject) => void subjects.advance(subject),
    endSubject: async (subject) => store.endSubject(subject, 'all_ended'),
    endingsAnnounced: async (id) => store.announced.filter((ended) => ended === id).length,
    age: async (id, ms) => store.age(id, ms),
  };
}

/** A connection with our entities and tables, under a prefix of their own. */
export async function connect(
  database: TestDatabase,
  entityPrefix: string,
  changes: Partial<DataSourceOptions> = {},
): Promise<DataSource> {
  const { autoLoadEntities: _a, retryAttempts: _r, ...options } = testConnection(database, entityPrefix);
  return new DataSource({
    ...options,
    entities: [...AUTH_ENTITIES],
    ...changes,
  } as DataSourceOptions).initialize();
}

/** Drops the tables that begin with the connection's prefix, the table of its migrations included. */
export async function dropTables(source: DataSource): Promise<void> {
  const runner = source.createQueryRunner();
  try {
    for (const entity of [Revocation, RefreshTokenFamily, Session, AuthSubject]) {
      await runner.dropTable(source.getMetadata(entity).tablePath, true);
    }
    await runner.dropTable(`${source.options.entityPrefix}migrations`, true);
  } finally {
    await runner.release();
  }
}

/** Moves every instant of a sign-in's row into the past. */
export async function age(
  source: DataSource,
  entity: typeof RefreshTokenFamily | typeof Session,
  id: string,
  ms: number,
): Promise<void> {
  const { columns } = source.getMetadata(entity);
  const instants = columns.filter(({ databaseName }) => databaseName.endsWith('_at'));
  const update = source.createQueryBuilder().update(entity);
  const by = Math.round(ms);
  const changes = instants.map(({ propertyName, databaseName }) => [
    propertyName,
    () => `${source.driver.escape(databaseName)} - (${by})`,
  ]);
  await update.set(Object.fromEntries(changes)).where({ id }).execute();
}

/** A harness that is made before the tests run, and needed when they are named. */
export function later<H extends object>(harness: () => H): H {
  return new Proxy({} as H, { get: (_, member) => harness()[member as keyof H] });
}
