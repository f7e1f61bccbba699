import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Door } from '../support/door.mjs';
import { refreshed, signIn, statusOf } from '../support/sign-ins.js';
import { startTestApp, type TestApp } from '../support/test-app.js';
import { freshPrefix, MARIADB_URL, POSTGRES_URL, testConnection } from '../support/test-databases.js';
import { dropTables } from '../support/test-stores.js';

const MINUTE = 60_000;
const PARALLEL = 6;

describe.each(['postgres', 'mariadb'] as const)('connections that were idle for long, on %s', (database) => {
  const target = new URL(database === 'postgres' ? POSTGRES_URL : MARIADB_URL);
  const door = new Door({
    host: target.hostname,
    port: Number(target.port || (database === 'postgres' ? 5432 : 3306)),
  });
  let app: TestApp;
  beforeAll(async () => {
    await door.open();
    const through = new URL(target);
    through.host = `127.0.0.1:${door.port}`;
    app = await startTestApp({
      connection: { ...testConnection(database, freshPrefix()), url: through.href } as never,
      // Every request asks the database, and nothing else does.
      options: { revocation: { mode: 'lookup' }, sweepInterval: '1d', sessions: { cacheSize: 0 } },
    });
    await app.users.add('ada');
  });
  afterEach(() => void jest.restoreAllMocks());
  afterAll(async () => {
    door.wake();
    await dropTables(app.source);
    await app.close();
    await door.shut();
  });

  /** Several at a time, so that the pool has several connections. */
  const guarded = (token: string): Promise<number[]> =>
    Promise.all(Array.from({ length: PARALLEL }, () => statusOf(app, token)));
  const all = (status: number) => Array.from({ length: PARALLEL }, () => status);
  const pass = (ms: number) => {
    const now = Date.now();
    jest.spyOn(Date, 'now').mockImplementation(() => now + ms);
  };

  it('reads go on where a proxy forgot every connection', async () => {
    const { body } = await signIn(app, 'tokens');
    expect(await guarded(body.access_token)).toEqual(all(200));
    door.forget();
    expect(await guarded(body.access_token)).toEqual(all(200));
  });

  it.each([
    ['resets them', () => door.forget()],
    ['drops what they say', () => door.abandon()],
  ])('reads and writes go on after a pause, when the proxy %s', async (_, lose) => {
    const { body } = await signIn(app, 'tokens');
    expect(await guarded(body.access_token)).toEqual(all(200));
    lose();
    pass(MINUTE);
    // One after the other, the dead connections would take 500 ms each.
    const began = performance.now();
    const { access_token: next } = await refreshed(app, body.refresh_token);
    expect(performance.now() - began).toBeLessThan(2_500);
    expect(await guarded(next)).toEqual(all(200));
  });
});
