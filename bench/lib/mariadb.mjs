// The MariaDB server that is measured, and tables of our own in it that leave no trace.
import mysql from 'mysql2/promise';
import { AUTH_MIGRATIONS } from 'nestjs-aerie/typeorm';

export const MARIADB_URL = process.env.TEST_MARIADB_URL ?? 'mariadb://root@127.0.0.1:3306/test';

async function withMariadb(work) {
  const client = await mysql.createConnection({
    uri: MARIADB_URL.replace(/^mariadb:/, 'mysql:'),
    connectTimeout: 3_000,
  });
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

export async function mariadbAnswers() {
  return withMariadb(() => true).catch(() => false);
}

export async function mariadbFacts() {
  return withMariadb(async (client) => {
    const [[{ version, flush }]] = await client.query(
      'select version() as version, @@innodb_flush_log_at_trx_commit as flush',
    );
    return `MariaDB ${version}, innodb_flush_log_at_trx_commit ${flush}`;
  }).catch((error) => `MariaDB: no answer at ${new URL(MARIADB_URL).host} (${error.code ?? error.message})`);
}

/** TypeORM options for tables under `prefix`, made by the library's own migrations. */
export function mariadbConnection(prefix, poolSize) {
  return {
    type: 'mariadb',
    url: MARIADB_URL,
    entityPrefix: prefix,
    autoLoadEntities: true,
    migrations: AUTH_MIGRATIONS,
    migrationsRun: true,
    migrationsTableName: `${prefix}migrations`,
    retryAttempts: 1,
    extra: { connectionLimit: poolSize },
  };
}

/** Drops every table whose name begins with `prefix`. */
export async function dropMariadbTables(prefix) {
  await withMariadb(async (client) => {
    const [rows] = await client.query(
      'select table_name as name from information_schema.tables where table_schema = database() and left(table_name, ?) = ?',
      [prefix.length, prefix],
    );
    for (const { name } of rows) await client.query('drop table ??', [name]);
  });
}
