import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { RefreshTokenFamily, Session } from 'nestjs-aerie/typeorm';
import { IsNull } from 'typeorm';
import { type Call, Race, rounds, SERVERS, tally } from './race.js';

const REVOKED_WHEN_READ = ['ok', 'revoked'];

describe.each(SERVERS)('ending sign-ins, on %s', (database) => {
  let race: Race;
  beforeAll(async () => {
    race = await Race.start(database);
  });
  afterAll(() => race.stop());

  const live = async (subject: string): Promise<number> => {
    const where = { subject, revokedAt: IsNull() };
    const families = await race.source.getRepository(RefreshTokenFamily).countBy(where);
    return families + (await race.source.getRepository(Session).countBy(where));
  };

  it('leaves no token of the subject that works, whatever rotates meanwhile', async () => {
    await rounds(8, async () => {
      const subject = randomUUID();
      const families = await Promise.all(Array.from({ length: 8 }, () => race.signIn(subject)));
      const refreshes = families.flatMap(({ token }) =>
        Array.from({ length: 6 }, (): Call => ['refresh', token, { measured: true }]),
      );
      const calls = [...refreshes];
      for (const at of [10, 24, 39]) calls.splice(at, 0, ['endAll', subject]);
      const results = await race.run(calls);
      expect(Object.keys(tally(results)).filter((word) => !REVOKED_WHEN_READ.includes(word))).toEqual([]);
      expect(results.reduce((sum, { ended = 0 }) => sum + ended, 0)).toBe(families.length);

      expect(await live(subject)).toBe(0);
      for (const { id } of families) expect(await race.announced(id)).toBe(1);
      const tokens = new Set([...families, ...results].flatMap(({ token }) => token ?? []));
      const afterwards = await race.run([...tokens].map((token) => ['refresh', token]));
      expect(tally(afterwards)).toEqual({ revoked: tokens.size });
    });
  });

  it.each(['tokens', 'session'])(
    'leaves no sign-in whose password was checked before it (%s)',
    async (mode) => {
      await rounds(15, async (round) => {
        const subject = randomUUID();
        const keys = Array.from({ length: 24 }, (_, i) => `${mode}-${round}-${i}`);
        // In every process, under the epoch of now.
        const proofs = await race.run(keys.map((key) => ['prove', subject, key]));
        expect(tally(proofs)).toEqual({ ok: keys.length });
        const signIns = keys.map((key): Call => ['signInProved', key, mode]);
        const late = signIns.splice(-4);
        // In place of a sign-in, so that every proof is used in the process where it was made; and once, because a
        // second would end what survived the first.
        signIns[round % signIns.length] = ['endAll', subject];
        const { ok, AUTH_CREDENTIALS_INVALID: refused = 0, ...rest } = tally(await race.run(signIns));
        expect(rest).toEqual({});
        expect(ok! + refused).toBe(signIns.length);
        expect(tally(await race.run(late))).toEqual({ AUTH_CREDENTIALS_INVALID: late.length });
        expect(await live(subject)).toBe(0);
      });
    },
  );

  it('lets a sign-in that checks its password afterwards in', async () => {
    const subject = randomUUID();
    await race.do('endAll', subject);
    const results = await race.run(Array.from({ length: 6 }, () => ['signIn', subject]));
    expect(tally(results)).toEqual({ ok: 6 });
    expect(await live(subject)).toBe(6);
  });

  it('has ended a sign-in when the logout returns, whatever rotates meanwhile', async () => {
    await rounds(12, async (round) => {
      const { id, subject, token } = await race.signIn();
      const calls = Array.from({ length: 10 }, (): Call => ['refresh', token, { measured: true }]);
      calls.splice(round % 10, 0, ['endOne', subject, id]);
      const results = await race.run(calls);
      expect(results[round % 10]).toMatchObject({ ok: true });
      expect(Object.keys(tally(results)).filter((word) => !REVOKED_WHEN_READ.includes(word))).toEqual([]);
      const tokens = new Set([token, ...results.flatMap((result) => result.token ?? [])]);
      expect(tokens.size).toBeLessThanOrEqual(2);
      const afterwards = await race.run([...tokens].map((held) => ['refresh', held]));
      expect(tally(afterwards)).toEqual({ revoked: tokens.size });
      expect(await race.announced(id)).toBe(1);
      expect((await race.family(id)).revokedReason).toBe('ended_by_subject');
    });
  });
});
