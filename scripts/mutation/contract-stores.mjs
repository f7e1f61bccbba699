import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { DataSource } from 'typeorm';

const CONNECTIONS = {
  sqlite: () => ({ type: 'better-sqlite3', database: ':memory:' }),
  postgres: () => ({ type: 'postgres', url: process.env.TEST_POSTGRES_URL }),
  mariadb: () => ({ type: 'mariadb', url: process.env.TEST_MARIADB_URL }),
};

/** The reference implementation of a compiled library, with what the contract needs around it. */
export async function memoryHarness(library) {
  const { MemoryStores } = await import(join(library, 'testing/index.js'));
  const stores = new MemoryStores();
  return {
    stores,
    age: (id, ms) => stores.age(id, ms),
    announced: (kind, value) => stores.announced(kind, value),
  };
}

/** Its stores on a database, with tables of its own: the database is dropped when the run is over. */
export async function databaseHarness(library, database) {
  const from = (file) => import(join(library, file));
  const { AUTH_ENTITIES } = await from('typeorm/entities/auth-entities.js');
  const { storesOn } = await from('typeorm/typeorm-stores.js');
  const { AUTH_MIGRATIONS } = await from('typeorm/index.js');
  const { RefreshTokenFamily } = await from('typeorm/entities/refresh-token-family.entity.js');
  const { Revocation } = await from('typeorm/entities/revocation.entity.js');
  const { Session } = await from('typeorm/entities/session.entity.js');
  const { subjectKey } = await from('subjects/subject-key.js');
  const entityPrefix = `t${randomBytes(5).toString('hex')}_`;
  const source = await new DataSource({
    ...CONNECTIONS[database](),
    entityPrefix,
    entities: [...AUTH_ENTITIES],
    migrations: AUTH_MIGRATIONS,
    migrationsTableName: `${entityPrefix}migrations`,
    migrationsRun: true,
  }).initialize();
  // On a machine that is busy with other things, a hundred replays at once take their time.
  const patient = { deadlineMs: 20_000, preparedStatements: true };
  const settings = { revocationLifeMs: 3_900_000, keepsKeys: true, notifies: true, featureTables: [] };
  return {
    stores: storesOn(source, patient, settings, null),
    announced: (kind, value) =>
      source
        .getRepository(Revocation)
        .countBy({ kind, value: kind === 'subject_stale' ? subjectKey(value) : value }),
    async age(id, ms) {
      for (const entity of [Session, RefreshTokenFamily]) {
        const moved = source
          .getMetadata(entity)
          .columns.filter(({ databaseName }) => databaseName.endsWith('_at'))
          .map(({ propertyName, databaseName }) => [
            propertyName,
            () => `${source.driver.escape(databaseName)} - (${Math.round(ms)})`,
          ]);
        const update = source.createQueryBuilder().update(entity);
        await update.set(Object.fromEntries(moved)).where({ id }).execute();
      }
    },
  };
}
