import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Session } from 'nestjs-aerie/typeorm';
import { type Call, Race, rounds, SERVERS, tally } from './race.js';

const UPDATES = 20;

describe.each(SERVERS)("a session's data, written in two processes, on %s", (database) => {
  let race: Race;
  beforeAll(async () => {
    race = await Race.start(database);
  });
  afterAll(() => race.stop());

  const open = () => race.do<{ id: string }>('openSession', randomUUID());
  const row = async (id: string) => {
    const { data, version, revokedAt } = await race.source
      .getRepository(Session)
      .findOneOrFail({ where: { id }, select: { id: true, data: true, version: true, revokedAt: true } });
    return { data: data === null ? null : (JSON.parse(data) as { count: number }), version, revokedAt };
  };

  it('loses no update of twenty at once', async () => {
    await rounds(5, async () => {
      const { id } = await open();
      const results = await race.run(Array.from({ length: UPDATES }, (): Call => ['increment', id]));
      expect(tally(results)).toEqual({ ok: UPDATES });
      expect(new Set(results.map(({ version }) => version)).size).toBe(UPDATES);
      expect(await row(id)).toEqual({ data: { count: UPDATES }, version: UPDATES, revokedAt: null });
    });
  });

  it('says of every write that is lost that it was', async () => {
    await rounds(5, async () => {
      const { id } = await open();
      const results = await race.run(Array.from({ length: UPDATES }, (): Call => ['incrementOnce', id]));
      const { ok = 0, AUTH_SESSION_DATA_CONFLICT: lost = 0, ...rest } = tally(results);
      expect(rest).toEqual({});
      expect(ok + lost).toBe(UPDATES);
      expect(ok).toBeGreaterThan(0);
      expect(await row(id)).toEqual({ data: { count: ok }, version: ok, revokedAt: null });
    });
  });

  it('is written to no session that has ended, and revives none', async () => {
    await rounds(8, async (round) => {
      const subject = randomUUID();
      const { id } = await race.do<{ id: string }>('openSession', subject);
      const calls = Array.from({ length: UPDATES }, (): Call => ['increment', id]);
      calls.splice(5 + round, 0, round % 2 === 0 ? ['endOne', subject, id] : ['endAll', subject]);
      const { ok = 0, AUTH_SESSION_INVALID: refused = 0, ...rest } = tally(await race.run(calls));
      expect(rest).toEqual({});
      expect(ok + refused).toBe(calls.length);
      const { data, version, revokedAt } = await row(id);
      expect(revokedAt).not.toBeNull();
      // The end itself is one of those that went well.
      expect(version).toBe(ok - 1);
      expect(data?.count ?? 0).toBe(ok - 1);
      expect(tally([await race.try('increment', id)])).toEqual({ AUTH_SESSION_INVALID: 1 });
      expect(await row(id)).toEqual({ data, version, revokedAt });
    });
  });
});
