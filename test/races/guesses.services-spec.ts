import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { type Call, Race, rounds, SERVERS, tally } from './race.js';

const GUESSES = 40;

describe.each(SERVERS)('guesses at one account at once, in two processes, on %s', (database) => {
  let race: Race;
  beforeAll(async () => {
    race = await Race.start(database);
  });
  afterAll(() => race.stop());

  it('are checked as often as the budget says, and never more often', async () => {
    await rounds(6, async () => {
      const subject = randomUUID();
      const calls = Array.from({ length: GUESSES }, (): Call => ['guess', subject]);
      // Each account has a budget of its own; that of the address is spent on all of them.
      await race.restart({ attempts: { accountAndAddress: 10, address: 1_000_000 } });
      expect(tally(await race.run(calls))).toEqual({
        AUTH_CREDENTIALS_INVALID: 10,
        AUTH_RATE_LIMITED: GUESSES - 10,
      });
      // Those that were refused have taken nothing: the next one is refused by those that were checked alone.
      expect(tally(await race.run([['guess', subject]]))).toEqual({ AUTH_RATE_LIMITED: 1 });
    });
  });
});
