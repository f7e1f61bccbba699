import { describe, expect, it, jest } from '@jest/globals';
import type { RevocationLog } from '../../libs/auth/src/revocation/revocation-log.js';
import { FeedWorld, type Step, type Writing } from './feed-world.js';

// Thousands of schedules: a limit that only a hang reaches.
jest.setTimeout(120_000);

const READER = -1;
const change = (subject: string): Step => ({ do: 'change', subject });
const end = (signIn: string): Step => ({ do: 'end', signIn });
const open = (subject: string, ends: 'commit' | 'roll back'): Step[] => [
  { do: 'begin', subject },
  { do: ends, subject },
];

interface Scenario {
  readonly name: string;
  /** Each does its steps in this order; their orders among each other, and with the reader's statements, are all tried. */
  readonly actors: readonly (readonly Step[])[];
  /** Statements of the reader among those steps; then it polls once more. */
  readonly statements: number;
  readonly before: readonly Step[];
}

const SCENARIOS: readonly Scenario[] = [
  {
    name: 'a replacement, a transaction that is open, one that is rolled back',
    actors: [[change('ann'), change('ann')], open('bob', 'commit'), open('cid', 'roll back')],
    statements: 3,
    before: [change('ann'), end('first')],
  },
  {
    name: 'two subjects replaced in turn around a transaction that is open',
    actors: [[change('ann'), change('bob'), change('ann')], open('cid', 'commit')],
    statements: 4,
    before: [change('ann'), change('bob')],
  },
  {
    name: 'the open transaction replaces what was read',
    actors: [open('ann', 'commit'), [end('one'), end('two')], open('bob', 'roll back')],
    statements: 3,
    before: [change('ann'), change('bob'), end('first')],
  },
  {
    name: 'everything is read again meanwhile, a page at a time',
    actors: [[{ do: 'pass', ms: 31_000 }, change('ann')], open('bob', 'commit'), [change('ann')]],
    statements: 4,
    before: [change('ann'), end('first'), end('second')],
  },
];

/** Every order of the steps: what was missed in the first one that misses anything, and how many were tried. */
async function explored(
  scenario: Scenario,
  worldOf: () => FeedWorld,
  readBefore: boolean,
): Promise<{ missed: string | null; schedules: number }> {
  let schedules = 0;
  const tried: number[][] = [[]];
  while (tried.length > 0) {
    const prefix = tried.pop()!;
    const world = worldOf();
    for (const step of scenario.before) world.take(step);
    if (readBefore) while ((await world.readerStep()) === undefined && world.isReading);
    const at = scenario.actors.map(() => 0);
    let statements = 0;
    const choices: number[] = [];
    const taken: string[] = [];
    for (let depth = 0; ; depth++) {
      const able = scenario.actors.flatMap((steps, actor) =>
        at[actor]! < steps.length && world.canTake(steps[at[actor]!]!) ? [actor] : [],
      );
      if (statements < scenario.statements) able.push(READER);
      if (able.length === 0) break;
      const chosen = prefix[depth] ?? able[0]!;
      // The others are tried from here later, once for each prefix.
      if (depth >= prefix.length) for (const other of able.slice(1)) tried.push([...choices, other]);
      choices.push(chosen);
      let missed: string | undefined;
      if (chosen === READER) {
        statements++;
        missed = await world.readerStep();
      } else world.take(scenario.actors[chosen]![at[chosen]!++]!);
      taken.push(chosen === READER ? 'read' : JSON.stringify(scenario.actors[chosen]![at[chosen]! - 1]));
      if (missed) return { missed: `${missed} after ${taken.join(', ')}`, schedules };
    }
    // The poll under way comes to its end, then one that was sent after everything.
    for (let polls = world.isReading ? 2 : 1; polls > 0;) {
      const missed = await world.readerStep();
      if (missed) return { missed: `${missed} in the end, after ${taken.join(', ')}`, schedules };
      if (!world.isReading) polls--;
    }
    schedules++;
  }
  return { missed: null, schedules };
}

describe('what the reader of revocations knows, in every order of what happens', () => {
  describe.each(SCENARIOS)('$name', (scenario) => {
    it.each([
      [1, true],
      [2, false],
      [100, true],
    ])('with pages of %d, having read before: %s', async (page, readBefore) => {
      const world = () => new FeedWorld('deletes and inserts', page);
      const { missed, schedules } = await explored(scenario, world, readBefore);
      expect(missed).toBeNull();
      expect(schedules).toBeGreaterThan(100);
    });
  });

  /** "The ids after the last one". */
  const naive = (log: RevocationLog, _clock: unknown, page: number) => {
    let last = 0;
    return {
      async read() {
        const reading = await log.readAfter(last, page);
        last = reading.revocations.at(-1)?.id ?? last;
        return reading;
      },
    };
  };

  it.each(['updates in place', 'gives ids again'] as const satisfies readonly Writing[])(
    'is too little where a replacement %s',
    async (writing) => {
      const found = await Promise.all(
        SCENARIOS.map((scenario) => explored(scenario, () => new FeedWorld(writing, 100), true)),
      );
      expect(found.some(({ missed }) => missed !== null)).toBe(true);
    },
  );

  it('is too little where ids that were passed over are not asked for again', async () => {
    const world = () => new FeedWorld('deletes and inserts', 100, naive);
    expect((await explored(SCENARIOS[0]!, world, true)).missed).toMatch(/^subject_stale bob/);
  });
});
