import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { setTimeout as wait } from 'node:timers/promises';
import { Door } from '../support/door.mjs';
import { MARIADB_URL, POSTGRES_URL } from '../support/test-databases.js';
import { Race, SERVERS, tally } from './race.js';

describe.each(SERVERS)('connections that the server cuts, on %s', (database) => {
  let race: Race;
  beforeAll(async () => {
    race = await Race.start(database, { options: { stores: { database: { deadline: '5s' } } } });
  });
  afterAll(() => race.stop());

  it('mid-flight: the store is unavailable at once, nothing is revoked, and the token goes on', async () => {
    const { id, token } = await race.signIn();
    const running = await race.holding(id, async () => {
      const results = race.run(Array.from({ length: 8 }, () => ['refresh', token, { measured: true }]));
      // Until all of them wait for the row.
      await wait(400);
      await race.killConnections();
      return { results: await results };
    });
    expect(tally(running.results)).toEqual({ AUTH_STORE_UNAVAILABLE: 8 });
    for (const { ms } of running.results) expect(ms).toBeLessThan(3_000);
    expect((await race.family(id)).revokedAt).toBeNull();

    const results = await race.run(Array.from({ length: 20 }, () => ['refresh', token, { measured: true }]));
    expect(tally(results)).toEqual({ ok: 20 });
    expect(new Set(results.map((result) => result.token)).size).toBe(1);
  });

  it('idle: no client notices for long, and nothing is revoked', async () => {
    const { id, token } = await race.signIn();
    await race.killConnections();
    let last = await race.try('refresh', token, { measured: true });
    for (let tried = 0; !last.ok && tried < 40; tried++) {
      expect(last.code).toBe('AUTH_STORE_UNAVAILABLE');
      last = await race.try('refresh', token, { measured: true });
    }
    expect(last.ok).toBe(true);
    expect((await race.family(id)).revokedAt).toBeNull();
  });
});

describe.each(SERVERS)('a server that cannot be reached, on %s', (database) => {
  const target = new URL(database === 'postgres' ? POSTGRES_URL : MARIADB_URL);
  const door = new Door({
    host: target.hostname,
    port: Number(target.port || (database === 'postgres' ? 5432 : 3306)),
  });
  let race: Race;
  beforeAll(async () => {
    await door.open();
    const through = new URL(target);
    through.host = `127.0.0.1:${door.port}`;
    race = await Race.start(database, {
      connection: { url: through.href },
      options: { stores: { database: { deadline: '2s' } } },
    });
  });
  afterAll(async () => {
    await race.stop();
    await door.shut();
  });

  it('is unavailable while it is away, and serves the same tokens when it is back', async () => {
    const { id, token, subject } = await race.signIn();
    await door.shut();
    const away = await race.run([
      ['refresh', token, { measured: true }],
      ['refresh', token, { measured: true }],
      ['signIn', subject],
      ['endAll', subject],
      ['endOne', subject, id],
    ]);
    expect(tally(away)).toEqual({ AUTH_STORE_UNAVAILABLE: 5 });
    for (const { ms } of away) expect(ms).toBeLessThan(4_500);
    expect((await race.family(id)).revokedAt).toBeNull();

    await door.open();
    const back = await race.run(Array.from({ length: 10 }, () => ['refresh', token, { measured: true }]));
    expect(tally(back)).toEqual({ ok: 10 });
    expect(new Set(back.map((result) => result.token)).size).toBe(1);
  });
});
