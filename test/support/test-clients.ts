import { subjectKey } from 'nestjs-aerie/stores';
import { migrateAuth, type SqlClient, type SqliteClient, type TableNames } from 'nestjs-aerie/sql';
import { serviceIssuer } from 'nestjs-aerie/service-tokens';
import { createRequire } from 'node:module';
import mysql from 'mysql2';
import mysqlPromise from 'mysql2/promise';
import pg from 'pg';
import { clientStores } from '../../libs/auth/src/sql/clients/client-stores.js';
import { knownClient } from '../../libs/auth/src/sql/clients/sql-client.js';
import { freshPrefix, MARIADB_URL, POSTGRES_URL, type TestDatabase } from './test-databases.js';
import type { DatabaseHarness } from './test-stores.js';

/** The packages whose clients the stores work on, and the database of each. */
export const CLIENTS = {
  pg: 'postgres',
  mysql2: 'mariadb',
  'mysql2/promise': 'mariadb',
  'better-sqlite3': 'sqlite',
} as const satisfies Record<string, TestDatabase>;
export type ClientPackage = keyof typeof CLIENTS;
export const SERVER_CLIENTS = ['pg', 'mysql2', 'mysql2/promise'] as const;

/** A client as an application makes it, and a plain way to ask its database. */
export interface TestClient {
  readonly client: SqlClient;
  query(text: string): Promise<Record<string, unknown>[]>;
  end(): Promise<void>;
}

interface SqliteConnection extends SqliteClient {
  prepare(text: string): { readonly reader: boolean; all(): Record<string, unknown>[]; run(): unknown };
  close(): void;
  defaultSafeIntegers(toggle: boolean): void;
}
type SqliteConstructor = new (path: string) => SqliteConnection;

/** What Jest maps to the driver that this Node.js can load. */
const Sqlite = createRequire(import.meta.url)('better-sqlite3') as SqliteConstructor;

/** What an application may have set for its own queries: other forms of results and of numbers. */
const OTHER_FORMS = {
  pg: { types: { getTypeParser: () => (text: string) => (/^-?\d+$/.test(text) ? BigInt(text) : text) } },
  mysql: {
    rowsAsArray: true,
    nestTables: true,
    supportBigNumbers: true,
    bigNumberStrings: true,
    typeCast: () => 'cast by the application',
    flags: ['-FOUND_ROWS'],
  },
} as const;

/**
 * `url`: another server, or another file of SQLite, which is in memory otherwise. `otherForms`: with options that change
 * what queries give; then `query` is of no use.
 */
export function openClient(name: ClientPackage, url?: string, otherForms = false): TestClient {
  if (name === 'pg') {
    const pool = new pg.Pool({ connectionString: url ?? POSTGRES_URL, ...(otherForms && OTHER_FORMS.pg) });
    return {
      client: pool,
      query: async (text) => (await pool.query(text)).rows,
      end: () => pool.end(),
    };
  }
  if (name === 'better-sqlite3') {
    const database = new Sqlite(url ?? ':memory:');
    if (otherForms) database.defaultSafeIntegers(true);
    return {
      client: database,
      query: async (text) => {
        const statement = database.prepare(text);
        if (statement.reader) return statement.all();
        statement.run();
        return [];
      },
      end: async () => database.close(),
    };
  }
  const uri = (url ?? MARIADB_URL).replace(/^mariadb:/, 'mysql:');
  const options = { uri, ...(otherForms && OTHER_FORMS.mysql) } as unknown as mysql.PoolOptions;
  const callbacks = name === 'mysql2' ? mysql.createPool(options) : undefined;
  const promises = callbacks?.promise() ?? mysqlPromise.createPool(options);
  return {
    client: callbacks ?? promises,
    query: async (text) => {
      const [rows] = await promises.query(text);
      return Array.isArray(rows) ? (rows as Record<string, unknown>[]) : [];
    },
    end: () => promises.end(),
  };
}

const TABLES =
  `auth_attempt auth_event auth_migration auth_refresh_token_family auth_revocation auth_session auth_signing_key
  auth_service_client auth_spent_token_id auth_subject`
    .trim()
    .split(/\s+/);

/** Drops our tables that begin with this prefix. */
export async function dropClientTables({ query }: TestClient, prefix: string): Promise<void> {
  for (const table of TABLES) await query(`drop table if exists ${prefix}${table}`);
}

/** The stores on a client, without an application. */
export async function clientHarness(name: ClientPackage): Promise<DatabaseHarness> {
  const open = openClient(name);
  const prefix = freshPrefix();
  const names: TableNames = { prefix };
  await migrateAuth(open.client, { ...names, features: [serviceIssuer()] });
  const stores = clientStores(
    knownClient(open.client),
    {
      database: { deadlineMs: 2_000, preparedStatements: true },
      eventRetentionMs: null,
      names: { prefix, schema: undefined },
    },
    { revocationLifeMs: 3_900_000, keepsKeys: true, notifies: true, featureTables: [] },
  );
  return {
    stores,
    announced: async (kind, value) => {
      const of = kind === 'subject_stale' ? subjectKey(value) : value;
      const rows = await open.query(
        `select count(*) as found from ${prefix}auth_revocation where kind = '${kind}' and value = '${of}'`,
      );
      return Number(rows[0]!['found']);
    },
    age: async (id, ms) => {
      for (const table of ['auth_session', 'auth_refresh_token_family']) {
        const own = table === 'auth_session' ? ['seen_at'] : ['rotated_at', 'replaced_at'];
        const instants = [
          'created_at',
          'idle_expires_at',
          'expires_at',
          'revoked_at',
          'authenticated_at',
          ...own,
        ];
        const by = Math.round(ms);
        const changes = instants.map((one) => `${one} = ${one} - (${by})`).join(', ');
        await open.query(`update ${prefix}${table} set ${changes} where id = '${id}'`);
      }
    },
    close: async () => {
      await dropClientTables(open, prefix);
      await open.end();
    },
  };
}
