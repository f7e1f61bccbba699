/** The stores on a pool of the host's own: what two processes do at once comes out as it does on TypeORM's connection. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Race, rounds, SERVERS, tally } from './race.js';

describe.each(SERVERS)('on a pool, of %s', (database) => {
  let race: Race;
  beforeAll(async () => {
    race = await Race.start(database, { workers: 3, connection: { pool: true } });
  });
  afterAll(() => race.stop());

  it('any number of uses of one refresh token get one successor', async () => {
    await rounds(10, async () => {
      const { id, token } = await race.signIn();
      const results = await race.run(
        Array.from({ length: 24 }, () => ['refresh', token, { measured: true }]),
      );
      expect(tally(results)).toEqual({ ok: 24 });
      expect(new Set(results.map((result) => result.token)).size).toBe(1);
      const { generation, revokedAt } = await race.family(id);
      expect({ generation, revokedAt }).toEqual({ generation: 1, revokedAt: null });
    });
  });

  it('a stolen token and the current one end the family exactly once', async () => {
    await rounds(10, async () => {
      const { id, tokens } = await race.chain(3);
      const [first, current] = [tokens[0]!, tokens.at(-1)!];
      const presented = Array.from({ length: 12 }, (_, i) => (i % 2 === 0 ? first : current));
      const results = await race.run(presented.map((token) => ['refresh', token, { measured: true }]));
      expect(tally(results.filter((_, i) => i % 2 === 0))).toEqual({ reused: 1, revoked: 5 });
      expect((await race.family(id)).revokedReason).toBe('reuse_ancestor');
      expect(await race.announced(id)).toBe(1);
      const handedOut = results.flatMap(({ token }) => token ?? []);
      const afterwards = await race.run([...tokens, ...handedOut].map((token) => ['refresh', token]));
      expect(tally(afterwards)).toEqual({ revoked: tokens.length + handedOut.length });
    });
  });

  it('connections that the server cuts are an outage, and revoke nothing', async () => {
    const { id, token } = await race.signIn();
    await race.killConnections();
    let last = await race.try('refresh', token, { measured: true });
    for (let tried = 0; !last.ok && tried < 60; tried++) {
      expect(last.code).toBe('AUTH_STORE_UNAVAILABLE');
      last = await race.try('refresh', token, { measured: true });
    }
    expect(last.ok).toBe(true);
    expect((await race.family(id)).revokedAt).toBeNull();
  });
});
