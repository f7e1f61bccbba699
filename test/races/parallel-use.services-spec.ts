import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Race, rounds, SERVERS, tally } from './race.js';

const PRESENTATIONS = 50;

describe.each(SERVERS)('one refresh token, presented at once in two processes, on %s', (database) => {
  let race: Race;
  beforeAll(async () => {
    race = await Race.start(database);
  });
  afterAll(() => race.stop());

  it('is rotated once, and everybody is given the same successor', async () => {
    await rounds(12, async () => {
      const { id, token, subject } = await race.signIn();
      await race.events();
      const results = await race.run(
        Array.from({ length: PRESENTATIONS }, () => ['refresh', token, { measured: true }]),
      );
      expect(tally(results)).toEqual({ ok: PRESENTATIONS });
      const successors = new Set(results.map((result) => result.token));
      expect(successors.size).toBe(1);
      expect(successors).not.toContain(token);

      const { generation, revokedAt } = await race.family(id);
      expect({ generation, revokedAt }).toEqual({ generation: 1, revokedAt: null });
      expect(await race.source.getRepository('RefreshTokenFamily').countBy({ subject })).toBe(1);
      expect(await race.announced(id)).toBe(0);
      const types = (await race.events()).map(({ type }) => type);
      expect(types.filter((type) => type === 'token_rotated')).toHaveLength(1);
      expect(types.filter((type) => type === 'token_replayed')).toHaveLength(PRESENTATIONS - 1);
      expect(types).toHaveLength(PRESENTATIONS);
      expect(await race.try('refresh', [...successors][0])).toMatchObject({ ok: true });
    });
  });

  it('stays one chain while several clients go on from what they were given', async () => {
    const { id, token } = await race.signIn();
    let current = token;
    await rounds(15, async (generation) => {
      const results = await race.run(
        Array.from({ length: 6 }, () => ['refresh', current, { measured: true }]),
      );
      expect(tally(results)).toEqual({ ok: 6 });
      expect(new Set(results.map((result) => result.token)).size).toBe(1);
      current = results[0]!.token!;
      expect((await race.family(id)).generation).toBe(generation + 1);
    });
  });
});
