import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { migrateAuth, type MysqlPool, sqlStores } from 'nestjs-aerie/sql';
import { Door } from '../support/door.mjs';
import { refresh, refreshed, signIn } from '../support/sign-ins.js';
import { startTestApp, type TestApp } from '../support/test-app.js';
import {
  CLIENTS,
  dropClientTables,
  openClient,
  SERVER_CLIENTS,
  type TestClient,
} from '../support/test-clients.js';
import { freshPrefix, MARIADB_URL, POSTGRES_URL } from '../support/test-databases.js';
import { clientApp } from './client-app.js';

describe.each(SERVER_CLIENTS)('an application without TypeORM, on %s', clientApp);

describe.each(SERVER_CLIENTS)('an application on a pool of %s whose server goes away', (name) => {
  const target = new URL(CLIENTS[name] === 'postgres' ? POSTGRES_URL : MARIADB_URL);
  const port = Number(target.port || (CLIENTS[name] === 'postgres' ? 5432 : 3306));
  const door = new Door({ host: target.hostname, port });
  const prefix = freshPrefix();
  let open: TestClient;
  let app: TestApp;
  beforeAll(async () => {
    await door.open();
    const through = new URL(target);
    through.host = `127.0.0.1:${door.port}`;
    open = openClient(name, through.href);
    await migrateAuth(open.client, { prefix });
    const stores = sqlStores({ client: open.client, prefix, database: { deadline: '1s' } });
    app = await startTestApp({ connection: null, options: { stores } });
    await app.users.add('ada');
  });
  afterAll(async () => {
    await app.close();
    await door.open();
    await dropClientTables(open, prefix);
    await door.shut();
    // mysql2 tells of a connection that was still being made.
    await open.end().catch(() => undefined);
  });

  it('answers 503 meanwhile, and takes the same tokens when it is back', async () => {
    const { body } = await signIn(app, 'tokens');
    const login = () =>
      app.client().post('/auth/login', {
        json: { identifier: 'ada', password: 'correct horse battery', mode: 'tokens' },
      });
    await door.shut();
    expect((await refresh(app, body.refresh_token)).status).toBe(503);
    expect((await login()).status).toBe(503);
    await door.open();
    const second = await refreshed(app, body.refresh_token);
    expect(second.refresh_token).not.toBe(body.refresh_token);
    expect((await login()).status).toBe(200);
  });

  it('answers 503 when it accepts connections and says nothing', async () => {
    const { body } = await signIn(app, 'tokens');
    door.hang();
    expect((await refresh(app, body.refresh_token)).status).toBe(503);
    door.abandon();
    door.wake();
    await refreshed(app, body.refresh_token);
  });
});

describe.each(['mysql2', 'mysql2/promise'] as const)('an application on a pool of %s', (name) => {
  const prefix = freshPrefix();
  const open = openClient(name);
  afterAll(async () => {
    await dropClientTables(open, prefix);
    await open.end();
  });

  it('does not start where escaped values would become statements', async () => {
    await migrateAuth(open.client, { prefix });
    const pool = open.client as MysqlPool & { on(event: 'connection', heard: (made: any) => void): void };
    pool.on('connection', (made) => made.query("set sql_mode = 'NO_BACKSLASH_ESCAPES'"));
    const stores = sqlStores({ client: pool, prefix });
    // The connection that is there already has no such mode.
    const taken = await takeOne(pool);
    const boot = startTestApp({ connection: null, options: { stores } });
    await expect(boot).rejects.toThrow('without the sql_mode NO_BACKSLASH_ESCAPES');
    taken.release();
  });
});

/** Keeps a connection of the pool, so that others are made. */
async function takeOne(pool: object): Promise<{ release(): void }> {
  const { promise } = pool as { promise?(): unknown };
  return ((promise?.call(pool) ?? pool) as { getConnection(): Promise<{ release(): void }> }).getConnection();
}
