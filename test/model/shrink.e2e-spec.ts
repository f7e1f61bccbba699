import { describe, expect, it } from '@jest/globals';
import { BROKEN_RULES } from './broken-rules.js';
import { explore } from './explore.js';
import { OURS } from './model-store.js';
import { shrink, storyOf } from './shrink.js';
import { SMALL_SCENARIOS } from './small-scenarios.js';

const LIMIT = 120_000;
const named = (name: string) => SMALL_SCENARIOS.find((one) => one.name === name)!;

describe('a rule that is broken on purpose', () => {
  it.each(BROKEN_RULES.map(([invariant, name, rule]) => [rule.name, invariant, name, rule] as const))(
    '%s: %s is seen to be broken',
    async (_, invariant, name, rule) => {
      const { tallies } = await explore(named(name), [rule]);
      const moves = tallies[0]!.broken.get(invariant);
      expect([...tallies[0]!.broken.keys()]).toContain(invariant);
      const least = await shrink(rule, named(name), moves!, invariant);
      expect(least.length).toBeLessThanOrEqual(moves!.length);
    },
    LIMIT,
  );

  it('is told as a story in which nothing is left out and nothing is too much', async () => {
    const [invariant, name, rule] = BROKEN_RULES.find((broken) => broken[2].name.startsWith('slides'))!;
    const { tallies } = await explore(named(name), [rule]);
    const story = await storyOf(rule, named(name), tallies[0]!.broken.get(invariant)!, invariant);
    expect(story).toEqual([
      'the thief takes a copy of g0',
      'the thief sends g0',
      "the thief's request arrives",
      'the server reads the family for the thief',
      'the server exchanges g0 for g1, for the thief',
      'the thief receives g1',
      '20 s pass',
      'the thief sends g0',
      "the thief's request arrives",
      'the server reads the family for the thief',
      'the server exchanges g0 for g1, for the thief',
      'the thief receives g1',
      '20 s pass',
      '-- in the end, all present what they hold',
      'the browser sends g0',
      "the browser's request arrives",
      'the server reads the family for the browser',
      '   I3 BROKEN: the browser presented g0 and was handed a token, where the promise is: revoke',
    ]);
  }, 120_000);
});

describe('the rule of this package', () => {
  it.each(SMALL_SCENARIOS.map((one) => [one.name, one] as const))('breaks nothing in %s', async (_, one) => {
    const { tallies, schedules } = await explore(one, [OURS]);
    expect(schedules).toBeGreaterThan(40);
    expect([...tallies[0]!.broken.keys()]).toEqual([]);
  });
});
