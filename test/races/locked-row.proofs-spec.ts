import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { RefreshTokenFamily } from 'nestjs-aerie/typeorm';
import { age } from '../support/test-stores.js';
import { Race, SERVERS, tally } from './race.js';

const HOLD_MS = 1_500;

describe.each(SERVERS)('one connection, and a replay window shorter than the wait, on %s', (database) => {
  let race: Race;
  beforeAll(async () => {
    race = await Race.start(database, {
      workers: 2,
      connection: { poolSize: 1 },
      options: { refreshTokens: { replayWindow: '1s' }, stores: { database: { deadline: '8s' } } },
    });
  });
  afterAll(() => race.stop());

  it('serves many at once', async () => {
    const { id, token } = await race.signIn();
    const results = await race.run(Array.from({ length: 20 }, () => ['refresh', token, { measured: true }]));
    expect(tally(results)).toEqual({ ok: 20 });
    expect((await race.family(id)).revokedAt).toBeNull();
  });

  it.each([
    { how: 'over HTTP, which measures the wait', options: { measured: true } },
    { how: 'by a call that gives no requester', options: {} },
  ])('takes a retry that waited for the connection as it came: $how', async ({ options }) => {
    const stuck = await race.signIn();
    const { id, tokens } = await race.chain(1);
    const { blockers, retries } = await race.holding(stuck.id, async () => {
      // One in each process, which has its only connection.
      const blocked = race.run([0, 1].map(() => ['refresh', stuck.token, { measured: true }]));
      await wait(400);
      // As if the rotation had been just now.
      await age(race.source, RefreshTokenFamily, id, (await race.family(id)).rotatedAt - Date.now());
      const waiting = race.run([0, 1].map(() => ['refresh', tokens[0], options]));
      await wait(HOLD_MS);
      return { blockers: blocked, retries: waiting };
    });
    expect(tally(await blockers)).toEqual({ ok: 2 });
    const results = await retries;
    expect(results.map(({ token }) => token)).toEqual([tokens[1], tokens[1]]);
    for (const { ms } of results) expect(ms).toBeGreaterThan(1_100);
    expect((await race.family(id)).revokedAt).toBeNull();
  });

  // The lock outlives the window: a request that waited for it is as old as when it arrived.
  describe.each([
    { held: 'locked', change: false },
    { held: 'changed', change: true },
  ])('a row that a transaction of the host has $held', ({ change }) => {
    it.each([
      { how: 'over HTTP, which measures the wait', options: { measured: true } },
      { how: 'by a call that gives no requester', options: {} },
    ])('delays an honest retry and is no theft: $how', async ({ options }) => {
      const { id, token } = await race.signIn();
      await race.events();
      const { running } = await race.holding(
        id,
        async () => {
          const running = race.run(Array.from({ length: 6 }, () => ['refresh', token, options]));
          await wait(HOLD_MS);
          return { running };
        },
        change,
      );
      const results = await running;
      expect(tally(results)).toEqual({ ok: 6 });
      expect(new Set(results.map((result) => result.token)).size).toBe(1);
      expect(Math.max(...results.map(({ ms }) => ms))).toBeGreaterThan(HOLD_MS - 200);
      // The window begins when the row is written, where the database can tell: here after the wait.
      if (change) expect(await race.try('refresh', token, options)).toMatchObject({ ok: true });
      const { generation, revokedAt } = await race.family(id);
      expect({ generation, revokedAt }).toEqual({ generation: 1, revokedAt: null });
      expect(await race.announced(id)).toBe(0);
    });
  });

  // The compare-and-set need not wait for a row that it does not match: the reading that locks the row does.
  it('delays a retry with the parent, which is as old as when it arrived', async () => {
    const { id, tokens } = await race.chain(1);
    await age(race.source, RefreshTokenFamily, id, (await race.family(id)).rotatedAt - Date.now());
    const { running } = await race.holding(id, async () => {
      const running = race.run([0, 1].map(() => ['refresh', tokens[0], { measured: true }]));
      await wait(HOLD_MS);
      return { running };
    });
    expect((await running).map(({ token }) => token)).toEqual([tokens[1], tokens[1]]);
    expect((await race.family(id)).revokedAt).toBeNull();
  });
});

describe.each(SERVERS)('a row that stays locked beyond the deadline, on %s', (database) => {
  const DEADLINE_MS = 300;
  let race: Race;
  beforeAll(async () => {
    race = await Race.start(database, {
      workers: 1,
      connection: { poolSize: 3 },
      options: {
        refreshTokens: { replayWindow: '1s' },
        stores: { database: { deadline: `${DEADLINE_MS}ms` } },
      },
    });
  });
  afterAll(() => race.stop());

  const presentedWhileLocked = async (id: string, token: string, change = false) =>
    race.holding(
      id,
      async () => {
        const results = await race.run(
          Array.from({ length: 5 }, () => ['refresh', token, { measured: true }]),
        );
        await wait(HOLD_MS);
        return results;
      },
      change,
    );

  it('is answered in time: the store is unavailable, and nothing is revoked', async () => {
    const { id, token } = await race.signIn();
    const results = await presentedWhileLocked(id, token);
    expect(tally(results)).toEqual({ AUTH_STORE_UNAVAILABLE: 5 });
    // One deadline for the read, which may have to wait for a connection, and one for the statement that decides.
    for (const { ms } of results) expect(ms).toBeLessThan(2 * DEADLINE_MS + 300);
    expect((await race.family(id)).revokedAt).toBeNull();
  });

  it('costs the pool nothing: others are served, and as many at once as before', async () => {
    const { id, token } = await race.signIn();
    const others = await Promise.all(Array.from({ length: 6 }, () => race.signIn()));
    await race.holding(id, async () => {
      const results = await race.run(Array.from({ length: 5 }, () => ['refresh', token, { measured: true }]));
      expect(tally(results)).toEqual({ AUTH_STORE_UNAVAILABLE: 5 });
      const served = await race.run(others.map((other) => ['refresh', other.token, { measured: true }]));
      expect(tally(served)).toEqual({ ok: 6 });
    });
  });

  // What was given up may still be waiting for the lock on the server, and be carried out when it comes free.
  it.each([{ change: false }, { change: true }])(
    'leaves a token that works when the lock is gone (row changed meanwhile: $change)',
    async ({ change }) => {
      const { id, token } = await race.signIn();
      await presentedWhileLocked(id, token, change);
      const first = await race.try('refresh', token, { measured: true });
      expect(first).toMatchObject({ ok: true });
      expect(await race.try('refresh', first.token, { measured: true })).toMatchObject({ ok: true });
      expect((await race.family(id)).revokedAt).toBeNull();
    },
  );
});
