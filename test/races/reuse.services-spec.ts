import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Race, rounds, SERVERS, tally } from './race.js';

describe.each(SERVERS)('a stolen token and the current one at once, on %s', (database) => {
  let race: Race;
  beforeAll(async () => {
    race = await Race.start(database);
  });
  afterAll(() => race.stop());

  it('ends the family exactly once, and no token of it works afterwards', async () => {
    await rounds(12, async (round) => {
      const { id, tokens } = await race.chain(3);
      await race.events();
      const [first, current] = [tokens[0]!, tokens.at(-1)!];
      // Dealt out in turn: each process has both, and who comes first alternates.
      const four = [first, first, current, current];
      const presented = Array.from({ length: 12 }, (_, i) => four[(i + 2 * round) % 4]!);
      const results = await race.run(presented.map((token) => ['refresh', token, { measured: true }]));

      const ofFirst = results.filter((_, i) => presented[i] === first);
      const ofCurrent = results.filter((_, i) => presented[i] === current);
      expect(tally(ofFirst)).toEqual({ reused: 1, revoked: 5 });
      expect(Object.keys(tally(ofCurrent)).filter((word) => word !== 'ok' && word !== 'revoked')).toEqual([]);

      const { revokedAt, revokedReason } = await race.family(id);
      expect(revokedAt).not.toBeNull();
      expect(revokedReason).toBe('reuse_ancestor');
      expect(await race.announced(id)).toBe(1);
      const detected = (await race.events()).filter(({ type }) => type === 'reuse_detected');
      expect(detected).toEqual([expect.objectContaining({ signInId: id, cause: 'ancestor' })]);

      const handedOut = ofCurrent.flatMap(({ token }) => token ?? []);
      const afterwards = await race.run([...tokens, ...handedOut].map((token) => ['refresh', token]));
      expect(tally(afterwards)).toEqual({ revoked: tokens.length + handedOut.length });
      expect(await race.announced(id)).toBe(1);
    });
  });
});

describe.each(SERVERS)('a stolen token that ends all of its subject, on %s', (database) => {
  let race: Race;
  beforeAll(async () => {
    race = await Race.start(database, { options: { refreshTokens: { onReuse: 'revoke-subject' } } });
  });
  afterAll(() => race.stop());

  it('does so once, while the others rotate and all are ended by hand, and nothing is deadlocked', async () => {
    await rounds(8, async () => {
      const stolen = await race.chain(2);
      const { subject } = stolen;
      const others = await Promise.all([1, 2, 3].map(() => race.signIn(subject)));
      await race.events();
      const results = await race.run([
        ['refresh', stolen.tokens[0]],
        ['refresh', stolen.tokens[0]],
        ...others.flatMap(({ token }) => [['refresh', token] as const, ['refresh', token] as const]),
        ['endAll', subject],
        ['refresh', stolen.tokens[2]],
      ]);
      expect(results.filter(({ code }) => code === 'AUTH_STORE_UNAVAILABLE')).toEqual([]);
      const reused = results.filter(({ reason }) => reason === 'reused').length;
      const detected = (await race.events()).filter(({ type }) => type === 'reuse_detected').length;
      expect(detected).toBe(reused);
      expect(reused).toBeLessThanOrEqual(1);
      for (const { id } of [stolen, ...others]) {
        expect((await race.family(id)).revokedAt).not.toBeNull();
        expect(await race.announced(id)).toBe(1);
      }
      const tokens = [...stolen.tokens, ...results.flatMap(({ token }) => token ?? [])];
      const afterwards = await race.run(tokens.map((token) => ['refresh', token]));
      expect(tally(afterwards)).toEqual({ revoked: tokens.length });
    });
  });
});
