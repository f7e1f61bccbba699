import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { RefreshTokenFamily, Session } from 'nestjs-aerie/typeorm';
import { IsNull } from 'typeorm';
import { type Call, Race, type Result, rounds, SERVERS, tally } from './race.js';

const SIGN_INS = 40;
const KINDS = {
  sessions: (subject: string): Call => ['openSession', subject],
  families: (subject: string): Call => ['signIn', subject],
  both: (subject: string, i: number): Call => [i % 4 < 2 ? 'openSession' : 'signIn', subject],
};

describe.each(SERVERS)('a limit of sign-ins, in two processes, on %s', (database) => {
  let race: Race;
  beforeAll(async () => {
    race = await Race.start(database);
  });
  afterAll(() => race.stop());

  const liveIds = async (subject: string): Promise<string[]> => {
    const where = { subject, revokedAt: IsNull() };
    const rows = [
      ...(await race.source.getRepository(Session).findBy(where)),
      ...(await race.source.getRepository(RefreshTokenFamily).findBy(where)),
    ];
    return rows.map(({ id }) => id).sort();
  };
  /** How many are live at one instant: one statement, one snapshot. */
  const countLive = async (subject: string): Promise<number> => {
    const tables = [Session, RefreshTokenFamily].map((entity) => race.source.getMetadata(entity).tablePath);
    const parts = tables.map(
      (table) => `(select count(*) from ${table} where subject = '${subject}' and revoked_at is null)`,
    );
    const rows = (await race.source.query(`select ${parts.join(' + ')} as live`)) as { live: string }[];
    return Number(rows[0]!.live);
  };
  /** All at one instant, and how many were live at most while they ran. */
  const storm = async (
    subject: string,
    calls: readonly Call[],
  ): Promise<{ results: Result[]; most: number }> => {
    let running = true;
    let most = 0;
    const watching = (async () => {
      while (running) most = Math.max(most, await countLive(subject));
    })();
    const results = await race.run(calls).finally(() => (running = false));
    await watching;
    return { results, most };
  };
  const signIns = (subject: string, kind: keyof typeof KINDS): Call[] =>
    Array.from({ length: SIGN_INS }, (_, i) => KINDS[kind](subject, i));

  describe.each([1, 3])('of %i', (max) => {
    it('refuses one too many', async () => {
      await race.restart({ maxSignInsPerSubject: max, onSignInLimit: 'refuse' });
      await rounds(6, async (round) => {
        const subject = randomUUID();
        const kind = (['both', 'sessions', 'families'] as const)[round % 3]!;
        const { results, most } = await storm(subject, signIns(subject, kind));
        expect(tally(results)).toEqual({ ok: max, AUTH_SIGN_IN_LIMIT: SIGN_INS - max });
        expect(most).toBeLessThanOrEqual(max);
        const begun = results.flatMap(({ ok, id }) => (ok ? [id!] : []));
        expect(await liveIds(subject)).toEqual(begun.sort());
        const events = await race.events();
        const refused = events.filter(({ type }) => type === 'sign_in_refused');
        expect(refused).toHaveLength(SIGN_INS - max);
        expect(refused[0]).toMatchObject({ reason: 'limit', subject });
      });
    });

    it('ends the oldest for one too many', async () => {
      await race.restart({ maxSignInsPerSubject: max, onSignInLimit: 'end-oldest' });
      await rounds(6, async (round) => {
        const subject = randomUUID();
        const kind = (['both', 'sessions', 'families'] as const)[round % 3]!;
        const { results, most } = await storm(subject, signIns(subject, kind));
        expect(tally(results)).toEqual({ ok: SIGN_INS });
        expect(most).toBeLessThanOrEqual(max);
        const left = await liveIds(subject);
        expect(left).toHaveLength(max);
        const ended = (await race.events()).flatMap((event) =>
          event.type === 'sign_in_ended' && event.reason === 'displaced' ? [event.signInId] : [],
        );
        const begun = results.map(({ id }) => id!);
        expect(ended.sort()).toEqual(begun.filter((id) => !left.includes(id)).sort());
        for (const id of begun) expect(await race.announced(id)).toBe(left.includes(id) ? 0 : 1);
      });
    });

    it('holds while sign-ins are refreshed and ended', async () => {
      await race.restart({ maxSignInsPerSubject: max, onSignInLimit: 'end-oldest' });
      await rounds(4, async () => {
        const { subject, id, token } = await race.signIn();
        const calls = signIns(subject, 'both').slice(0, 24);
        for (const at of [2, 7, 11, 19]) calls.splice(at, 0, ['refresh', token, { measured: true }]);
        calls.splice(9, 0, ['endAll', subject]);
        calls.splice(15, 0, ['endOne', subject, id]);
        const { results, most } = await storm(subject, calls);
        const { ok, revoked = 0, AUTH_SIGN_IN_NOT_FOUND: gone = 0, ...rest } = tally(results);
        expect(rest).toEqual({});
        expect(ok! + revoked + gone).toBe(calls.length);
        expect(most).toBeLessThanOrEqual(max);
        const left = await liveIds(subject);
        expect(left.length).toBeLessThanOrEqual(max);
        expect(left).not.toContain(id);
      });
    });
  });
});
