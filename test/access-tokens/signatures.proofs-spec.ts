// 100,000 tokens, good and mutated: jose says the same of each.
import { expect, it, jest } from '@jest/globals';
import { MUTATIONS, ourVerdict, pairs, signed, verdictOfJose } from './signatures.js';

jest.setTimeout(900_000);
const COUNT = 100_000;

it('has the verdict of jose on 100,000 tokens', async () => {
  const all = await pairs();
  const mutations = Object.entries(MUTATIONS);
  const counts = { true: 0, false: 0 };
  for (let index = 0; index < COUNT; index++) {
    const pair = all[index % all.length]!;
    const [name, mutate] = mutations[Math.floor(index / all.length) % mutations.length]!;
    const token = mutate(await signed(pair, { index }), pair);
    const [ours, theirs] = await Promise.all([ourVerdict(token, pair), verdictOfJose(token, pair)]);
    if (ours !== theirs) expect([pair.alg, name, token, ours]).toEqual([pair.alg, name, token, theirs]);
    counts[`${ours}`]++;
  }
  expect(counts.true + counts.false).toBe(COUNT);
  expect(Math.min(counts.true, counts.false)).toBeGreaterThan(COUNT / 20);
});
