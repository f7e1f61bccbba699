import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { DataSource } from 'typeorm';

const SECRET = 'a secret of at least thirty-two bytes, for mutants';
const CONNECTIONS = {
  sqlite: () => ({ type: 'better-sqlite3', database: ':memory:' }),
  postgres: () => ({ type: 'postgres', url: process.env.TEST_POSTGRES_URL }),
  mariadb: () => ({ type: 'mariadb', url: process.env.TEST_MARIADB_URL }),
};

/** The reference implementation of a compiled library, with what the contract needs around it. */
export async function memoryStore(library) {
  const { MemoryRefreshTokenFamilyStore, MemorySubjectStore } = await import(
    join(library, 'testing/index.js')
  );
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

/** Its store on a database, with tables of its own: the database is dropped when the run is over. */
export async function databaseStore(library, database) {
  const from = (file) => import(join(library, file));
  const { AUTH_ENTITIES } = await from('auth.entities.js');
  const { authStores } = await from('auth.stores.js');
  const { AUTH_MIGRATIONS } = await from('index.js');
  const { resolveAuthOptions } = await from('options/resolve-auth-options.js');
  const { RefreshTokenFamily } = await from('refresh-tokens/refresh-token-family.entity.js');
  const { Revocation } = await from('revocation/revocation.entity.js');
  const entityPrefix = `t${randomBytes(5).toString('hex')}_`;
  const source = await new DataSource({
    ...CONNECTIONS[database](),
    entityPrefix,
    entities: [...AUTH_ENTITIES],
    migrations: AUTH_MIGRATIONS,
    migrationsTableName: `${entityPrefix}migrations`,
    migrationsRun: true,
  }).initialize();
  const options = resolveAuthOptions(
    // On a machine that is busy with other things, a hundred replays at once take their time.
    { secret: SECRET, issuer: 'https://example.com', database: { deadline: '20s' } },
    Date.now(),
  );
  const { families, subjects, registry } = authStores(source, undefined, options);
  const instants = source
    .getMetadata(RefreshTokenFamily)
    .columns.filter(({ databaseName }) => databaseName.endsWith('_at'));
  return {
    store: families,
    epochs: (subject) => subjects.epochs(subject),
    advance: (subject) => registry.subjectChanged(subject),
    endSubject: async (subject) => void (await registry.endAll(subject, 'all_ended')),
    endingsAnnounced: (value) => source.getRepository(Revocation).countBy({ kind: 'sign_in', value }),
    async age(id, ms) {
      const moved = instants.map(({ propertyName, databaseName }) => [
        propertyName,
        () => `${source.driver.escape(databaseName)} - (${Math.round(ms)})`,
      ]);
      const update = source.createQueryBuilder().update(RefreshTokenFamily);
      await update.set(Object.fromEntries(moved)).where({ id }).execute();
    },
  };
}
