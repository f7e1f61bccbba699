// The PostgreSQL server that is measured, and tables of our own in it that leave no trace.
import { randomBytes } from 'node:crypto';
import { AUTH_MIGRATIONS } from 'nestjs-aerie/typeorm';
import pg from 'pg';

export const POSTGRES_URL = process.env.TEST_POSTGRES_URL ?? 'postgres://postgres@127.0.0.1:5432/test';

/** Runs `work` with a connection of its own. */
export async function withPostgres(work) {
  const client = new pg.Client({ connectionString: POSTGRES_URL, connectionTimeoutMillis: 3_000 });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

export async function postgresAnswers() {
  return withPostgres(async () => true).catch(() => false);
}

/** A prefix that no other run has. */
export function freshPrefix() {
  return `bench_${randomBytes(5).toString('hex')}_`;
}

/** TypeORM options for tables under `prefix`, made by the library's own migrations. */
export function postgresConnection(prefix, poolSize) {
  return {
    type: 'postgres',
    url: POSTGRES_URL,
    entityPrefix: prefix,
    autoLoadEntities: true,
    migrations: AUTH_MIGRATIONS,
    migrationsRun: true,
    migrationsTableName: `${prefix}migrations`,
    retryAttempts: 1,
    extra: { max: poolSize },
  };
}

/** Drops every table whose name begins with `prefix`. */
export async function dropTables(prefix) {
  await withPostgres(async (client) => {
    const { rows } = await client.query(
      `select quote_ident(tablename) as name from pg_tables where schemaname = current_schema() and starts_with(tablename, $1)`,
      [prefix],
    );
    if (rows.length > 0) await client.query(`drop table ${rows.map(({ name }) => name).join(', ')}`);
  });
}
