import { tab, thief, someTime, steal, honest, robbed } from './cast.js';
import { directoryIs } from './event-steps.js';
import { event, scenario, type Scenario } from './scenario.js';

/** What is explored on demand, beside the others. */
export const DEEPER_SCENARIOS: readonly Scenario[] = [
  scenario({
    ...robbed,
    name: 'the directory, step by step',
    about:
      'the directory fails and comes back, or Alice is disabled, while a tab refreshes twice, another once, and a thief uses a copy',
    faults: 0,
    actors: {
      'tab 1': [tab(1, { grain: 'server' }), tab(1, { grain: 'atomic' })],
      'tab 2': [tab(2, { grain: 'server' })],
      directory: [event(directoryIs('down'), directoryIs('gone')), event(directoryIs('up'))],
      thief: [steal, thief({ grain: 'atomic' })],
    },
  }),
  scenario({
    ...honest,
    name: 'three tabs, and one of them again',
    about:
      'three tabs with one cookie jar refresh, one of them twice; two answers are lost; time passes once',
    faults: 2,
    actors: {
      'tab 1': [tab(1, { faults: 'answers' })],
      'tab 2*': [tab(2, { faults: 'answers' })],
      'tab 3': [tab(3, { faults: 'answers' }), tab(3, { grain: 'atomic' })],
      time: [someTime],
    },
  }),
];
