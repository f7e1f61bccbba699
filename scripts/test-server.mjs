// Whether a server of this machine answers within so many seconds; makes its database `test` when there is none.
import { setTimeout as wait } from 'node:timers/promises';

const servers = {
  async postgres() {
    const { default: pg } = await import('pg');
    const client = new pg.Client({
      connectionString: 'postgres://postgres@127.0.0.1:5432/postgres',
      connectionTimeoutMillis: 2000,
    });
    try {
      await client.connect();
      const { rowCount } = await client.query(`select 1 from pg_database where datname = 'test'`);
      if (rowCount === 0) await client.query('create database test');
    } finally {
      await client.end().catch(() => undefined);
    }
  },
  async mariadb() {
    const { createConnection } = await import('mysql2/promise');
    const connection = await createConnection({
      host: '127.0.0.1',
      port: 3306,
      user: 'root',
      connectTimeout: 2000,
    });
    await connection.query('create database if not exists test');
    await connection.end();
  },
  async redis() {
    const { createClient } = await import('redis');
    const client = createClient({
      url: 'redis://127.0.0.1:6379',
      socket: { reconnectStrategy: false, connectTimeout: 2000 },
    });
    client.on('error', () => undefined);
    await client.connect();
    await client.ping();
    client.destroy();
  },
};

const [name, seconds] = process.argv.slice(2);
const deadline = Date.now() + Number(seconds) * 1000;
for (;;) {
  try {
    await servers[name]();
    process.exit(0);
  } catch (error) {
    if (Date.now() >= deadline) {
      console.error(`${name}: ${error.message || error.code}`);
      process.exit(1);
    }
    await wait(300);
  }
}
