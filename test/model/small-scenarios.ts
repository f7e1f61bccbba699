import { DAY, SECOND } from '../support/time-passes.js';
import { copy, logout, pass } from './event-steps.js';
import { event, request, scenario } from './scenario.js';

const BROWSER = { who: 'the browser', holder: 0, thief: false, keyed: false };
const THIEF = { who: 'the thief', holder: 1, thief: true, keyed: false };
const tab = (number: number, stepUp = false) => request(`tab ${number}`, 0, { stepUp });
const robbed = {
  holders: ['the browser', 'the thief'],
  holdings: [BROWSER, THIEF],
  faults: 0,
  about: 'enough to show a mistake, in seconds',
};
const thief = request('the thief', 1, { thief: true, grain: 'atomic', keepsOld: true });
const steal = event(copy(0, 1));
const time = [event(pass(20 * SECOND)), event(pass(20 * SECOND))];

/** Scenarios of a few thousand schedules, in which every mistake of `broken-rules.ts` shows. */
export const SMALL_SCENARIOS = [
  scenario({ ...robbed, name: 'two tabs', actors: { 'tab 1': [tab(1)], 'tab 2*': [tab(2)], time } }),
  scenario({
    ...robbed,
    name: 'a patient thief',
    actors: {
      tab: [request('tab 1', 0, { grain: 'exchange' })],
      thief: [steal, thief, thief, thief],
      time,
    },
  }),
  scenario({
    ...robbed,
    name: 'a step-up',
    actors: { tab: [tab(1, true)], 'another tab': [tab(2)], thief: [steal, thief] },
  }),
  scenario({
    ...robbed,
    name: 'a logout',
    actors: { tab: [tab(1)], logout: [event(logout(0))], thief: [steal, thief] },
  }),
  scenario({
    ...robbed,
    name: 'the limits',
    actors: { tab: [tab(1), tab(1), tab(1)], time: [event(pass(13 * DAY)), event(pass(13 * DAY))] },
  }),
];
