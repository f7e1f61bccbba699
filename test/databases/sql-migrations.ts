import { afterEach, beforeEach, expect, it, jest } from '@jest/globals';
import { serviceIssuer } from 'nestjs-aerie/service-tokens';
import { authMigrationSql, migrateAuth } from 'nestjs-aerie/sql';
import { authEntities, authMigrations } from 'nestjs-aerie/typeorm';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DataSource, type DataSourceOptions } from 'typeorm';
import { type EmptyDatabase, emptyDatabase } from '../support/empty-database.js';
import { CLIENTS, type ClientPackage, openClient, type TestClient } from '../support/test-clients.js';
import type { TestDatabase } from '../support/test-databases.js';

// Databases come and go: a limit that only a hang reaches.
jest.setTimeout(60_000);

const PREFIX = 'app_';
const FEATURES = [serviceIssuer()];
const ADDED = 'AddCredentialVersion1798934400000';
const CORE = [
  'CreateAuthTables1795219200000',
  'CreateKeyAndClientTables1795824000000',
  ADDED,
  'CreateAttemptTable1798938000000',
  'AddRevokedTokens1798977600000',
];
const OF_SERVICES = FEATURES.flatMap(({ tables = [] }) => tables.map(({ name }) => name));

/** What a database says of its tables, in one order; the order of columns is left out. */
const DESCRIPTIONS: Readonly<Record<TestDatabase, readonly string[]>> = {
  postgres: [
    `select table_name, column_name, data_type, character_maximum_length, is_nullable, column_default
     from information_schema.columns where table_schema = 'public' order by 1, 2`,
    `select tablename, indexname, indexdef from pg_indexes where schemaname = 'public' order by 1, 2`,
    `select conname, contype, conrelid::regclass::text as of from pg_constraint
     where connamespace = 'public'::regnamespace order by 1`,
    `select sequencename, data_type::text from pg_sequences order by 1`,
  ],
  mariadb: [
    `select table_name as t, column_name as c, column_type, is_nullable, column_default, extra, collation_name
     from information_schema.columns where table_schema = database() order by 1, 2`,
    `select table_name as t, index_name as i, seq_in_index as n, column_name as c, non_unique
     from information_schema.statistics where table_schema = database() order by 1, 2, 3`,
    `select table_name as t, engine, table_collation from information_schema.tables
     where table_schema = database() order by 1`,
  ],
  sqlite: [
    `select m.name as t, c.name as c, c.type, c."notnull", c.dflt_value, c.pk,
       m.sql like '%autoincrement%' as counts
     from sqlite_master m, pragma_table_info(m.name) c where m.type = 'table' order by 1, 2`,
    `select m.name as t, i.name as i, x.seqno, x.name as c, i."unique" from sqlite_master m,
       pragma_index_list(m.name) i, pragma_index_info(i.name) x
     where m.type = 'table' and i.origin = 'c' order by 1, 2, 3`,
  ],
};

/** A driver's error: of an earlier spec of this process, better-sqlite3 has another class of errors than this one's. */
const saying = (text: string) => ({ message: expect.stringContaining(text) });

/** The tables that SQL makes are those that TypeORM makes, and each takes the other's over. */
export function sqlMigrations(name: ClientPackage): void {
  const database = CLIENTS[name];
  let folder: string;
  let empty: EmptyDatabase;
  const ending: (() => Promise<unknown>)[] = [];
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'aerie-'));
    empty = await emptyDatabase(database, join(folder, 'test.sqlite'));
  });
  afterEach(async () => {
    for (const end of ending.splice(0).reverse()) await end();
    await empty.drop();
    rmSync(folder, { recursive: true });
  });
  const opened = (): TestClient => {
    const { url, database: file } = empty.connection as { url?: string; database?: string };
    const open = openClient(name, url ?? file);
    ending.push(open.end);
    return open;
  };
  const typeOrm = async (): Promise<DataSource> => {
    const { autoLoadEntities: _a, retryAttempts: _r, ...connection } = empty.connection;
    const source = await new DataSource({
      ...connection,
      entityPrefix: PREFIX,
      entities: authEntities(FEATURES),
      migrations: authMigrations(FEATURES),
      migrationsTableName: `${PREFIX}migrations`,
    } as DataSourceOptions).initialize();
    ending.push(() => source.destroy());
    return source;
  };
  const described = async ({ query }: TestClient): Promise<unknown[]> => {
    const rows: unknown[] = [];
    for (const text of DESCRIPTIONS[database])
      for (const row of await query(text)) {
        const line = JSON.stringify(row);
        // Each keeps a table of what ran.
        if (!/app_(auth_)?migration|sqlite_sequence/.test(line)) rows.push(line);
      }
    return rows;
  };

  it('make what the migrations for TypeORM make, and leave those as they are', async () => {
    const source = await typeOrm();
    await source.runMigrations();
    const open = opened();
    const ofTypeOrm = await described(open);
    expect(ofTypeOrm.length).toBeGreaterThan(80);
    expect(await migrateAuth(open.client, { prefix: PREFIX, features: FEATURES })).toEqual([
      ...CORE,
      ...OF_SERVICES,
    ]);
    expect(await described(open)).toEqual(ofTypeOrm);

    for (const end of ending.splice(0).reverse()) await end();
    await empty.drop();
    empty = await emptyDatabase(database, join(folder, 'other.sqlite'));
    const other = opened();
    await migrateAuth(other.client, { prefix: PREFIX, features: FEATURES });
    expect(await described(other)).toEqual(ofTypeOrm);
    // And TypeORM finds nothing to do.
    const taking = await typeOrm();
    const { upQueries } = await taking.driver.createSchemaBuilder().log();
    expect(upQueries.map(({ query }) => query)).toEqual([]);
    await taking.runMigrations();
    expect(await described(other)).toEqual(ofTypeOrm);
  });

  it('run once, however many nodes start at once, and those of a feature when it comes', async () => {
    const nodes = Array.from({ length: 6 }, opened);
    const ran = await Promise.all(nodes.map(({ client }) => migrateAuth(client, { prefix: PREFIX })));
    expect(ran.filter((names) => names.length > 0)).toEqual([CORE]);
    const features = FEATURES;
    const later = await Promise.all(
      nodes.map(({ client }) => migrateAuth(client, { prefix: PREFIX, features })),
    );
    expect(later.filter((names) => names.length > 0)).toEqual([OF_SERVICES]);
    const rows = await nodes[0]!.query(`select name, ran_at from ${PREFIX}auth_migration order by name`);
    expect(rows.map((row) => row['name'])).toEqual([...CORE, ...OF_SERVICES].sort());
    for (const row of rows) expect(Math.abs(Number(row['ran_at']) - Date.now())).toBeLessThan(60_000);
  });

  it('may be run by hand before, as text', async () => {
    const open = opened();
    const dialect = database === 'mariadb' ? 'mysql' : database;
    for (const { statements } of authMigrationSql({ dialect, prefix: PREFIX }))
      for (const statement of statements) await open.query(statement);
    const byHand = await described(open);
    expect(byHand.length).toBeGreaterThan(70);
    await migrateAuth(open.client, { prefix: PREFIX });
    expect(await described(open)).toEqual(byHand);
  });

  it('add a column that came later to tables with rows, and leave one that is there', async () => {
    const open = opened();
    const table = `${PREFIX}auth_subject`;
    await migrateAuth(open.client, { prefix: PREFIX });
    const asItIs = await described(open);
    const forget = () => open.query(`delete from ${PREFIX}auth_migration where name = '${ADDED}'`);
    // A database of the version before.
    await open.query(`alter table ${table} drop column credential_version`);
    await forget();
    await open.query(`insert into ${table} (subject, epoch) values ('ada', 7)`);
    expect(await migrateAuth(open.client, { prefix: PREFIX })).toEqual([ADDED]);
    expect(await described(open)).toEqual(asItIs);
    // A node of the version before still writes rows.
    await open.query(`insert into ${table} (subject, epoch) values ('bob', 8)`);
    await open.query(`update ${table} set credential_version = 9 where subject = 'bob'`);
    await forget();
    expect(await migrateAuth(open.client, { prefix: PREFIX })).toEqual([ADDED]);
    const rows = await open.query(`select subject, credential_version as version from ${table} order by 1`);
    expect(rows.map((row) => [row['subject'], Number(row['version'])])).toEqual([
      ['ada', 0],
      ['bob', 9],
    ]);
  });

  // MariaDB and MySQL commit each statement that changes a table.
  if (database !== 'mariadb')
    it('that fail leave nothing, and no process waits for them', async () => {
      const open = opened();
      await open.query(`create table ${PREFIX}auth_session (id varchar(36))`);
      await expect(migrateAuth(open.client, { prefix: PREFIX })).rejects.toMatchObject(saying('subject'));
      const reading = open.query(`select * from ${PREFIX}auth_subject`);
      await expect(reading).rejects.toMatchObject(saying('auth_subject'));
      await open.query(`drop table ${PREFIX}auth_session`);
      expect(await migrateAuth(open.client, { prefix: PREFIX })).toEqual(CORE);
    });

  if (database === 'postgres')
    it('make the schema that is asked for, and the tables there', async () => {
      const open = opened();
      await migrateAuth(open.client, { schema: 'accounts' });
      const rows = await open.query(
        `select table_name as name from information_schema.tables where table_schema = 'accounts' order by 1`,
      );
      expect(rows.map((row) => row['name'])).toEqual([
        'auth_attempt',
        'auth_event',
        'auth_migration',
        'auth_refresh_token_family',
        'auth_revocation',
        'auth_session',
        'auth_signing_key',
        'auth_subject',
      ]);
      expect(
        await open.query(`select * from information_schema.tables where table_schema = 'public'`),
      ).toEqual([]);
    });
  else
    it('refuse a schema', async () => {
      const refused = migrateAuth(opened().client, { schema: 'accounts' });
      await expect(refused).rejects.toThrow('"migrations.schema" must be left out');
    });
}
