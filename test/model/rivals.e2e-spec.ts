import { beforeAll, describe, expect, it } from '@jest/globals';
import { type Count, explore, type Exploration } from './explore.js';
import { RULES } from './rivals.js';
import { SMALL_SCENARIOS } from './small-scenarios.js';

describe('rules side by side, over the very same schedules', () => {
  const explorations: Exploration[] = [];
  beforeAll(async () => {
    for (const scenario of SMALL_SCENARIOS) explorations.push(await explore(scenario, RULES));
  }, 120_000);

  const count = (rule: string, name: Count) =>
    explorations.reduce(
      (sum, { tallies }) => sum + tallies.find((one) => one.rule === rule)!.counts[name],
      0,
    );

  it('this package signs no owner out, keeps no thief and honours every revocation', () => {
    expect(count('this package', 'falseLogout')).toBe(0);
    expect(count('this package', 'silentTheft')).toBe(0);
    expect(count('this package', 'acceptedAfterRevocation')).toBe(0);
  });

  it('strict single use signs honest people out', () => {
    expect(count('strict single use', 'falseLogout')).toBeGreaterThan(0);
    expect(count('strict single use', 'silentTheft')).toBe(0);
  });

  it('sibling-minting grace keeps thieves', () => {
    expect(count('sibling-minting grace', 'silentTheft')).toBeGreaterThan(0);
    expect(count('sibling-minting grace', 'falseLogout')).toBe(0);
  });

  it('sliding grace keeps thieves', () => {
    expect(count('sliding grace', 'silentTheft')).toBeGreaterThan(0);
  });

  it('counts the same each time', async () => {
    const again = await explore(SMALL_SCENARIOS[1]!, RULES);
    const [counts, before] = [again, explorations[1]!].map(({ schedules, tallies }) => ({
      schedules,
      counts: tallies.map((tally) => tally.counts),
    }));
    expect(counts).toEqual(before);
  });
});
