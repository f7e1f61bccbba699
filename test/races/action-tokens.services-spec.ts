import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { RefreshTokenFamily } from 'nestjs-aerie/typeorm';
import { IsNull } from 'typeorm';
import { type Call, Race, rounds, SERVERS, tally } from './race.js';

const INVALID = 'AUTH_ACTION_TOKEN_INVALID';

describe.each(SERVERS)('links in mails, on %s', (database) => {
  let race: Race;
  beforeAll(async () => {
    race = await Race.start(database, { options: { mails: true, defaultMode: 'tokens' } });
  });
  afterAll(() => race.stop());

  const live = (subject: string) =>
    race.source.getRepository(RefreshTokenFamily).countBy({ subject, revokedAt: IsNull() });

  it('are redeemed once, of fifty at once in two processes', async () => {
    await rounds(10, async () => {
      const { token } = await race.do('makeLink', randomUUID());
      const results = await race.run(Array.from({ length: 50 }, (): Call => ['redeemLink', token]));
      expect(tally(results)).toEqual({ ok: 1, [INVALID]: 49 });
    });
  });

  it('are redeemed once, although a subject has three of them', async () => {
    await rounds(10, async () => {
      const subject = randomUUID();
      const links: (string | undefined)[] = [];
      for (let i = 0; i < 3; i++) links.push((await race.do('makeLink', subject)).token);
      const results = await race.run(
        Array.from({ length: 51 }, (_, i): Call => ['redeemLink', links[(i >> 1) % 3]]),
      );
      expect(tally(results)).toEqual({ ok: 1, [INVALID]: 50 });
    });
  });

  it('open one sign-in, of fifty uses at once', async () => {
    await rounds(5, async () => {
      const subject = randomUUID();
      const { token, id } = await race.do('askForLink', subject);
      const results = await race.run(Array.from({ length: 50 }, (): Call => ['signInByLink', token, id]));
      expect(tally(results)).toEqual({ ok: 1, [INVALID]: 49 });
      expect(await live(subject)).toBe(1);
    });
  });

  it('leave no sign-in that outlives a change of the credentials, whichever comes first', async () => {
    const seen = new Set<string>();
    await rounds(20, async (round) => {
      const subject = randomUUID();
      const { token, id } = await race.do('askForLink', subject);
      const calls: Call[] = Array.from({ length: 6 }, () => ['signInByLink', token, id]);
      calls.splice(round % calls.length, 0, ['credentialsChanged', subject]);
      const results = await race.run(calls);
      for (const word of Object.keys(tally(results.filter(({ ok }) => !ok)))) seen.add(word);
      expect(results[round % (calls.length - 1)]!.ok).toBe(true);
      expect(await live(subject)).toBe(0);
      expect(tally(await race.run([['signInByLink', token, id]]))).toEqual({ [INVALID]: 1 });
    });
    // Changed between the redeem and the sign-in.
    seen.delete('AUTH_CREDENTIALS_INVALID');
    expect([...seen]).toEqual([INVALID]);
  });
});
