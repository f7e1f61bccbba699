import { randomBytes } from 'node:crypto';
import mysql from 'mysql2/promise';
import pg from 'pg';

const POSTGRES_URL = process.env.TEST_POSTGRES_URL ?? 'postgres://postgres@127.0.0.1:5432/test';
const MARIADB_URL = process.env.TEST_MARIADB_URL ?? 'mariadb://root@127.0.0.1:3306/test';

/** Sends one statement to each of the two servers. */
async function everywhere({ postgres, mariadb }) {
  const client = new pg.Client({ connectionString: POSTGRES_URL, connectionTimeoutMillis: 3_000 });
  await client.connect();
  await client.query(postgres).finally(() => client.end());
  const connection = await mysql.createConnection(MARIADB_URL.replace(/^mariadb:/, 'mysql:'));
  await connection.query(mariadb).finally(() => connection.end());
}

/** A database on each server for one run: a suite that dies half-way leaves its tables there, and they go with it. */
export async function ownDatabases() {
  const name = `aerie_mutants_${randomBytes(5).toString('hex')}`;
  const at = (url) => Object.assign(new URL(url), { pathname: `/${name}` }).href;
  await everywhere({ postgres: `create database ${name}`, mariadb: `create database ${name}` });
  return {
    env: { TEST_POSTGRES_URL: at(POSTGRES_URL), TEST_MARIADB_URL: at(MARIADB_URL) },
    drop: () =>
      everywhere({
        postgres: `drop database ${name} with (force)`,
        mariadb: `drop database ${name}`,
      }),
  };
}
