import { describe, expect, it } from '@jest/globals';
import { SECOND } from '../support/time-passes.js';
import { honest, robbed, steal, tab, thief } from './cast.js';
import { copy, directoryIs, pass, putForward } from './event-steps.js';
import { explore } from './explore.js';
import { OURS, type Rule } from './model-store.js';
import { event, scenario } from './scenario.js';

const small = { faults: 0, name: 'small', about: 'few enough to count by hand' };
const once = tab(1, { grain: 'atomic' });

describe('what is a schedule', () => {
  it('has no directory that comes back though it never failed', async () => {
    const directory = [event(directoryIs('down'), directoryIs('gone')), event(directoryIs('up'))];
    const { schedules } = await explore(
      scenario({ ...small, ...honest, actors: { tab: [once], directory } }),
      [OURS],
    );
    // One refresh before, between or after two steps; and before or after one.
    expect(schedules).toBe(3 + 2);
  });

  it('has no copy of an empty hand, and no actor that sends one', async () => {
    const actors = {
      tab: [once, once],
      thief: [steal, thief({ grain: 'atomic' })],
      vain: [event(copy(1, 1))],
    };
    const { schedules, depth } = await explore(scenario({ ...small, ...robbed, actors }), [OURS]);
    expect({ schedules, depth }).toEqual({ schedules: 6, depth: 4 });

    const waiting = { thief: [thief({ grain: 'atomic' })], theft: [steal] };
    const { schedules: one } = await explore(scenario({ ...small, ...robbed, actors: waiting }), [OURS]);
    expect(one).toBe(1);
  });
});

describe('a clock that is put forward past the window', () => {
  const jumps = (way: typeof putForward) =>
    scenario({
      ...small,
      ...honest,
      faults: 1,
      actors: { tab: [tab(1, { faults: 'answers' }), once], clock: [event(way(31 * SECOND))] },
    });

  it('makes a retry late, as time that passes does', async () => {
    const [jump, time] = [await explore(jumps(putForward), [OURS]), await explore(jumps(pass), [OURS])];
    const { counts, broken } = jump.tallies[0]!;
    expect([...broken.keys()]).toEqual([]);
    expect(counts).toMatchObject({ falseLogout: 0, silentTheft: 0, acceptedAfterRevocation: 0 });
    expect(counts.outsideThePromise).toBeGreaterThan(0);
    expect(counts).toEqual(time.tallies[0]!.counts);
  });

  it('is seen: a rule that decides by a clock of its own breaks the promise', async () => {
    const still: Rule = {
      ...OURS,
      store: (subjects) => OURS.store(subjects, { now: () => 1_700_000_000_000 }),
    };
    const { tallies } = await explore(jumps(putForward), [still]);
    expect([...tallies[0]!.broken.keys()]).toContain('I3');
  });
});
