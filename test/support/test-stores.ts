import { subjectKey } from 'nestjs-aerie/stores';
import { handover } from 'nestjs-aerie/handover';
import { serviceIssuer } from 'nestjs-aerie/service-tokens';
import { authEntities, authMigrations, RefreshTokenFamily, Revocation, Session } from 'nestjs-aerie/typeorm';
import type { StoreHarness } from 'nestjs-aerie/testing';
import { DataSource, type DataSourceOptions } from 'typeorm';
import { storesOn } from '../../libs/auth/src/typeorm/typeorm-stores.js';
import { accountTables } from './account-features.js';
import { formerTables } from './former-features.js';
import { freshPrefix, type TestDatabase, testConnection } from './test-databases.js';

const FEATURES = [serviceIssuer(), formerTables(), accountTables(), handover()];
const EVERY_ENTITY = authEntities(FEATURES);

/** A harness with tables of its own, which `close` drops. */
export interface DatabaseHarness extends StoreHarness {
  close(): Promise<void>;
}

/** The stores on a database of this machine. */
export async function databaseHarness(database: TestDatabase): Promise<DatabaseHarness> {
  const source = await connect(database, freshPrefix());
  return {
    stores: testStores(source),
    announced: (kind, value) =>
      source
        .getRepository(Revocation)
        .countBy({ kind, value: kind === 'subject_stale' ? subjectKey(value) : value }),
    age: async (id, ms) => {
      for (const entity of [Session, RefreshTokenFamily]) await age(source, entity, id, ms);
    },
    close: async () => {
      await dropTables(source);
      await source.destroy();
    },
  };
}

/** Our stores on a connection, without an application. */
export const testStores = (source: DataSource) =>
  storesOn(
    source,
    { deadlineMs: 2_000, preparedStatements: true },
    { revocationLifeMs: 3_900_000, keepsKeys: true, notifies: true, featureTables: [] },
    null,
  );

/** A connection with our entities and tables, under a prefix of their own. */
export async function connect(
  database: TestDatabase,
  entityPrefix: string,
  changes: Partial<DataSourceOptions> = {},
): Promise<DataSource> {
  const { autoLoadEntities: _a, retryAttempts: _r, ...options } = testConnection(database, entityPrefix);
  return new DataSource({
    ...options,
    entities: EVERY_ENTITY,
    migrations: authMigrations(FEATURES),
    ...changes,
  } as DataSourceOptions).initialize();
}

/** Drops the tables that begin with the connection's prefix, the table of its migrations included. */
export async function dropTables(source: DataSource): Promise<void> {
  const runner = source.createQueryRunner();
  try {
    for (const entity of EVERY_ENTITY.filter((one) => source.hasMetadata(one))) {
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
