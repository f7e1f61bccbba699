import { afterAll, describe, expect, it } from '@jest/globals';
import { AuthConfigError } from 'nestjs-aerie';
import { migrateAuth, type SqlClient, sqlStores, type SqlStoresOptions } from 'nestjs-aerie/sql';
import mysql from 'mysql2';
import mysqlPromise from 'mysql2/promise';
import pg from 'pg';
import { DataSource } from 'typeorm';
import { openClient } from '../support/test-clients.js';

// No connection is made: pools make their connections when they are asked for one.
const SECRET = 'a-password-of-the-database';
const PG = { connectionString: `postgres://somebody:${SECRET}@127.0.0.1:1/test` };
const MYSQL = { uri: `mysql://somebody:${SECRET}@127.0.0.1:1/test` };
const nothing = (): undefined => undefined;
const pools: { end(): unknown }[] = [];
const pool = <T extends { end(): unknown }>(made: T): T => (pools.push(made), made);

const refused = (client: unknown): AuthConfigError => {
  try {
    sqlStores({ client: client as SqlClient });
  } catch (error) {
    return error as AuthConfigError;
  }
  throw new Error('it was not refused');
};

describe('sqlStores', () => {
  afterAll(() => Promise.all(pools.map((one) => one.end())));

  it('takes pools of pg and mysql2, and databases of better-sqlite3', async () => {
    const sqlite = openClient('better-sqlite3');
    const clients: SqlClient[] = [
      pool(new pg.Pool(PG)),
      pool(mysql.createPool(MYSQL)),
      pool(mysqlPromise.createPool(MYSQL)),
      sqlite.client,
    ];
    for (const client of clients)
      expect(sqlStores({ client, prefix: 'app_', audit: true })).toHaveProperty('provider');
    await sqlite.end();
  });

  const ended = new pg.Pool(PG);
  const endedMysql = mysqlPromise.createPool(MYSQL);
  it.each<[string, () => unknown, RegExp]>([
    ['nothing', () => null, /got null/],
    ['a word', () => 'postgres://', /got a string/],
    ['an object', () => ({ secret: SECRET }), /got an object of Object/],
    ['a client of pg', () => new pg.Client(PG), /got one connection of pg: give a Pool/],
    ['a Pool that was ended', () => (void ended.end(), ended), /got a Pool that was ended/],
    [
      'a pool of mysql2 that was ended',
      () => (void endedMysql.end(), endedMysql),
      /got a pool that was ended/,
    ],
    [
      'a cluster of mysql2',
      () => mysql.createPoolCluster(),
      /got a cluster of pools: give the pool of the primary/,
    ],
    [
      'a pool with a format of its own',
      () => pool(mysql.createPool({ ...MYSQL, queryFormat: () => '' } as never)),
      /got a pool with "queryFormat"/,
    ],
    [
      'a TypeORM DataSource',
      () => new DataSource({ type: 'postgres', url: PG.connectionString }),
      /got a TypeORM DataSource: use typeOrmStores\(\)/,
    ],
    [
      'a Prisma client',
      () => ({ $connect: nothing, $disconnect: nothing }),
      /got a Prisma client: give the pool/,
    ],
    ['a Kysely', () => ({ selectFrom: nothing, executeQuery: nothing }), /got a Kysely: give the pool/],
    [
      'a Drizzle database',
      () => ({ $client: {}, select: nothing }),
      /got a Drizzle database: give its \$client/,
    ],
    [
      'postgres.js',
      () => Object.assign(nothing, { unsafe: nothing, begin: nothing, listen: nothing }),
      /postgres\.js/,
    ],
    [
      'a database of node:sqlite',
      () => ({ prepare: nothing, exec: nothing }),
      /got a database of another driver: use better-sqlite3/,
    ],
  ])('refuses %s, in one line without a secret', (_, make, what) => {
    const error = refused(make());
    expect(error).toBeInstanceOf(AuthConfigError);
    expect(error.message).toMatch(/^"stores.client" must be a Pool of pg, a pool of mysql2 or a database of/);
    expect(error.message).toMatch(what);
    expect(error.message).not.toMatch(/\n/);
    expect(error.message).not.toContain(SECRET);
  });

  it('refuses a database of better-sqlite3 that was closed', async () => {
    const sqlite = openClient('better-sqlite3');
    await sqlite.end();
    expect(refused(sqlite.client).message).toMatch(/got a database that was closed/);
    await expect(migrateAuth(sqlite.client)).rejects.toThrow(AuthConfigError);
  });

  it.each<[string, unknown]>([
    ['stores.client', {}],
    ['stores.useFactory', { useFactory: 'POOL' }],
    ['stores.inject', { useFactory: nothing, inject: 'POOL' }],
    ['stores.inject', { inject: ['POOL'], client: {} }],
    ['stores.client', { useFactory: nothing, client: {} }],
    ['stores.prefix', { useFactory: nothing, prefix: 'app-' }],
    ['stores.schema', { useFactory: nothing, schema: 'a"b' }],
    ['stores.database.deadline', { useFactory: nothing, database: { deadline: '99ms' } }],
    ['stores.audit', { useFactory: nothing, audit: 'yes' }],
    ['stores.dataSource', { useFactory: nothing, dataSource: 'main' }],
  ])('refuses a bad %s: %j', (path, options) => {
    expect(() => sqlStores(options as SqlStoresOptions)).toThrow(AuthConfigError);
    expect(() => sqlStores(options as SqlStoresOptions)).toThrow(`"${path}"`);
  });

  it('refuses a schema where there are none', () => {
    const client = pool(mysqlPromise.createPool(MYSQL));
    expect(() => sqlStores({ client, schema: 'accounts' })).toThrow(
      '"stores.schema" must be left out: PostgreSQL alone has schemas',
    );
  });
});
