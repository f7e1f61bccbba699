import { afterEach, expect, it, jest } from '@jest/globals';
import { AuthStatus, SecurityEvents } from 'nestjs-aerie';
import { hostTransaction, migrateAuth, type SqlStoresOptions, sqlStores } from 'nestjs-aerie/sql';
import { refresh, refreshed, signIn, statusOf } from '../support/sign-ins.js';
import { startTestApp, type TestApp } from '../support/test-app.js';
import { CLIENTS, type ClientPackage, dropClientTables, openClient } from '../support/test-clients.js';
import { freshPrefix } from '../support/test-databases.js';
import { until } from '../support/until.js';

// Real databases and hundreds of requests: a limit that only a hang reaches.
jest.setTimeout(60_000);

/** An application on a client of its own, without TypeORM: what a user meets, on each driver. */
export function clientApp(name: ClientPackage): void {
  const ending: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const end of ending.splice(0).reverse()) await end();
  });
  const opened = () => {
    const open = openClient(name);
    ending.push(open.end);
    return open;
  };
  const tables = async () => {
    const open = opened();
    const prefix = freshPrefix();
    await migrateAuth(open.client, { prefix });
    ending.push(() => dropClientTables(open, prefix));
    return { open, prefix };
  };
  const started = async (options: SqlStoresOptions, others: object = {}): Promise<TestApp> => {
    const app = await startTestApp({ connection: null, options: { stores: sqlStores(options), ...others } });
    ending.push(app.close);
    await app.users.add('ada');
    return app;
  };

  it('signs in, refreshes, tells reuse, and ends sign-ins', async () => {
    const { open, prefix } = await tables();
    const app = await started({ client: open.client, prefix, audit: true });
    const { body } = await signIn(app, 'tokens');
    const second = await refreshed(app, body.refresh_token);
    const third = await refreshed(app, second.refresh_token);
    expect(await statusOf(app, third.access_token)).toBe(200);
    expect((await refresh(app, body.refresh_token)).status).toBe(401);
    expect((await refresh(app, third.refresh_token)).status).toBe(401);
    expect(await statusOf(app, third.access_token)).toBe(401);

    const { client } = await signIn(app, 'session');
    expect((await client.get('/auth/sign-ins')).body).toHaveLength(1);
    expect(await app.authentication.endAllSignIns('user-1')).toBe(1);
    expect((await client.get('/auth/me')).status).toBe(401);
    await until('the reuse is kept', async () => {
      const kept = await app.app.get(SecurityEvents).list('user-1');
      return kept.some(({ type }) => type === 'reuse_detected');
    });
    await expect(app.authentication.sweep()).resolves.toMatchObject({ families: 0, sessions: 0 });
  });

  it('works whatever form of results the application has chosen', async () => {
    const open = openClient(name, undefined, true);
    ending.push(open.end);
    const prefix = freshPrefix();
    await migrateAuth(open.client, { prefix });
    ending.push(() => dropClientTables(open, prefix));
    expect(await migrateAuth(open.client, { prefix })).toEqual([]);
    const app = await started({ client: open.client, prefix, audit: true });
    const { body } = await signIn(app, 'tokens');
    const second = await refreshed(app, body.refresh_token);
    // The same successor, as often as it is asked for.
    expect((await refreshed(app, body.refresh_token)).refresh_token).toBe(second.refresh_token);
    const third = await refreshed(app, second.refresh_token);
    expect((await refresh(app, body.refresh_token)).status).toBe(401);
    expect((await refresh(app, third.refresh_token)).status).toBe(401);
    const { client } = await signIn(app, 'session');
    expect((await client.get('/auth/sign-ins')).body).toHaveLength(1);
    expect(await app.authentication.endAllSignIns('user-1')).toBe(1);
  });

  it('does not start without its tables, and says what makes them', async () => {
    const { client } = opened();
    const prefix = freshPrefix();
    const options = { stores: sqlStores({ inject: ['CLIENT'], useFactory: () => client, prefix }) };
    const imports = [
      { module: class Clients {}, providers: [{ provide: 'CLIENT', useValue: client }], exports: ['CLIENT'] },
    ];
    const { TestUsersModule } = await import('../support/test-users.js');
    const boot = startTestApp({
      connection: null,
      options: { ...options, imports: [TestUsersModule, ...imports] },
    });
    await expect(boot).rejects.toThrow(`${prefix}auth_subject`);
    await expect(boot).rejects.toThrow(
      `npx nestjs-aerie migrations run --prefix ${prefix}", or await migrateAuth(client, { prefix: "${prefix}" }) of nestjs-aerie/sql`,
    );
  });

  it('writes into a transaction of the application, and into nothing else', async () => {
    const { open, prefix } = await tables();
    const app = await started({ client: open.client, prefix });
    await signIn(app, 'tokens');
    const announced = async () =>
      Number((await open.query(`select count(*) as found from ${prefix}auth_revocation`))[0]!['found']);
    const change = (connection: never) =>
      app.authentication.rolesChanged('user-1', { transaction: hostTransaction(connection) });
    const { connection, run, release } = await takenConnection(name, open.client);
    try {
      await run('begin');
      await change(connection);
      await run('rollback');
      expect(await announced()).toBe(0);
      await run('begin');
      await change(connection);
      await change(connection);
      await run('commit');
      expect(await announced()).toBeGreaterThan(0);
      const before = await announced();
      // Each statement would commit by itself.
      await expect(change(connection)).rejects.toThrow(TypeError);
      await expect(change(connection)).rejects.toThrow('"transaction" must be of an open transaction');
      expect(await announced()).toBe(before);
    } finally {
      await release();
    }
    expect(() => hostTransaction({} as never)).toThrow(TypeError);
    if (CLIENTS[name] !== 'sqlite') expect(() => hostTransaction(open.client as never)).toThrow(/a pool/);
  });

  if (CLIENTS[name] === 'sqlite') return;

  it('tells other nodes what has ended', async () => {
    const { open, prefix } = await tables();
    // Where the database notifies, nothing else tells them in time.
    const notifies = CLIENTS[name] === 'postgres';
    const revocation = notifies ? ({ pollInterval: '60s', maxStaleness: '60s' } as const) : {};
    const one = await started({ client: open.client, prefix }, { revocation });
    const other = await started({ client: opened().client, prefix }, { revocation });
    const heard = (app: TestApp) => app.app.get(AuthStatus).feed()!.notifierConnected;
    if (notifies) await until('notifications', () => heard(one) === true && heard(other) === true);
    const { body, id } = await signIn(one, 'tokens');
    expect(await statusOf(other, body.access_token)).toBe(200);
    await one.authentication.endSignIn('user-1', id);
    await until('the other node to know', async () => (await statusOf(other, body.access_token)) === 401);
  });
}

/** A connection on which the application begins transactions. */
async function takenConnection(name: ClientPackage, client: object) {
  if (name === 'pg') {
    const taken = await (client as { connect(): Promise<any> }).connect();
    return {
      connection: taken as never,
      run: (text: string) => taken.query(text),
      release: async () => taken.release(),
    };
  }
  if (name === 'better-sqlite3') {
    const { exec } = client as { exec(text: string): void };
    return {
      connection: client as never,
      run: async (text: string) => exec.call(client, text),
      release: async () => undefined,
    };
  }
  const pool = client as { promise?(): any; getConnection(): Promise<any> };
  const promised = await (pool.promise?.() ?? pool).getConnection();
  // Each flavour of a pool with its own flavour of connections.
  const connection = name === 'mysql2' ? promised.connection : promised;
  return {
    connection: connection as never,
    run: (text: string) => promised.query(text),
    release: async () => promised.release(),
  };
}
