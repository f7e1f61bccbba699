import { DAY, HOUR, SECOND } from '../support/time-passes.js';
import { BROWSER, PHONE, THIEF, tab, phone, thief, someTime, steal, honest, robbed } from './cast.js';
import {
  copy,
  directoryIs,
  endAll,
  failOver,
  logout,
  openFamily,
  pass,
  putBack,
  putForward,
  readEpochs,
  replicate,
} from './event-steps.js';
import { event, request, scenario, stepwise, type Scenario } from './scenario.js';

/** What is explored on every run. */
export const SCENARIOS: readonly Scenario[] = [
  scenario({
    ...honest,
    name: 'three tabs',
    about: 'three tabs with one cookie jar refresh once each; one answer is lost; time passes once',
    faults: 1,
    actors: {
      'tab 1': [tab(1, { faults: 'answers' })],
      'tab 2*': [tab(2, { faults: 'answers' })],
      'tab 3*': [tab(3, { faults: 'answers' })],
      time: [someTime],
    },
  }),
  scenario({
    ...honest,
    name: 'crashes',
    about: 'two tabs refresh, one of them twice; up to two processes die, after any step; time passes once',
    faults: 2,
    actors: {
      'tab 1': [tab(1, { grain: 'server', faults: 'everywhere' }), tab(1, { faults: 'answers' })],
      'tab 2': [tab(2, { grain: 'server', faults: 'everywhere' })],
      time: [someTime],
    },
  }),
  scenario({
    holders: ['the phone'],
    holdings: [PHONE],
    name: 'a phone that retries',
    about:
      'a phone with keys refreshes, its request is duplicated, and it tries twice more; two answers are lost; time passes twice',
    faults: 2,
    actors: {
      phone: [
        phone({ faults: 'answers' }),
        phone({ grain: 'exchange', faults: 'answers' }),
        phone({ grain: 'exchange' }),
      ],
      duplicate: [phone({ grain: 'wire' })],
      time: [
        event(pass(31 * SECOND), pass(HOUR), pass(HOUR + 1)),
        event(pass(20 * SECOND), pass(31 * SECOND)),
      ],
    },
  }),
  scenario({
    ...honest,
    name: 'a slow network',
    about:
      'requests wait on the wire, in the server and for the answer, and overtake one another; time passes twice',
    faults: 0,
    actors: {
      'tab 1': [tab(1, { grain: 'finest' })],
      'tab 2': [tab(2, { grain: 'wire' })],
      time: [event(pass(10 * SECOND), pass(30 * SECOND), pass(30 * SECOND + 1)), someTime],
    },
  }),
  scenario({
    ...robbed,
    name: 'a thief beside two tabs',
    about:
      'a copy is stolen at any time and used twice; two tabs refresh; an answer is lost; time passes twice',
    faults: 1,
    actors: {
      'tab 1': [tab(1, { grain: 'exchange', faults: 'answers' })],
      'tab 2': [tab(2, { faults: 'answers' })],
      thief: [steal, thief(), thief({ grain: 'atomic' })],
      time: [event(pass(20 * SECOND), pass(31 * SECOND)), event(pass(20 * SECOND))],
    },
  }),
  scenario({
    ...robbed,
    name: 'a patient thief',
    about:
      'a stolen copy is presented three times while a tab refreshes; time passes twice, by less than the window',
    faults: 0,
    actors: {
      tab: [tab(1, { grain: 'exchange' }), tab(1, { grain: 'atomic' })],
      thief: [steal, ...[1, 2, 3].map(() => thief({ grain: 'atomic', keepsOld: true }))],
      time: [event(pass(20 * SECOND)), event(pass(20 * SECOND))],
    },
  }),
  scenario({
    holders: ['the phone', 'the thief'],
    holdings: [PHONE, { ...THIEF, keyed: true }],
    name: 'a thief with the key',
    about:
      'token and key are stolen; the phone and the thief retry late; an answer is lost; time passes twice',
    faults: 1,
    actors: {
      phone: [
        phone({ grain: 'exchange', faults: 'answers' }),
        phone({ grain: 'exchange', faults: 'answers' }),
      ],
      thief: [steal, thief({ keyed: true }), thief({ keyed: true, grain: 'atomic' })],
      time: [event(pass(31 * SECOND), pass(HOUR)), event(pass(30 * SECOND), pass(31 * SECOND))],
    },
  }),
  scenario({
    ...honest,
    name: 'the clock goes back',
    about: 'two tabs refresh, one of them twice; the clock of the database is put back; time passes once',
    faults: 1,
    actors: {
      'tab 1': [tab(1, { grain: 'exchange', faults: 'answers' }), tab(1, { grain: 'exchange' })],
      'tab 2': [tab(2)],
      time: [someTime],
      clock: [event(putBack(5 * SECOND), putBack(HOUR))],
    },
  }),
  scenario({
    ...robbed,
    name: 'the clock goes forward',
    about:
      'two tabs refresh and a thief uses a copy; the clock of the database is put forward past the window; an answer is lost; time passes once',
    faults: 1,
    actors: {
      'tab 1': [tab(1, { grain: 'exchange', faults: 'answers' })],
      'tab 2': [tab(2, { faults: 'answers' })],
      thief: [steal, thief({ grain: 'atomic' })],
      time: [event(pass(10 * SECOND))],
      clock: [event(putForward(31 * SECOND), putForward(HOUR + 1))],
    },
  }),
  scenario({
    ...robbed,
    name: 'a step-up',
    about: 'one tab steps up while another refreshes twice and a thief uses a copy; time passes twice',
    faults: 1,
    actors: {
      'tab 1': [tab(1, { stepUp: true, faults: 'answers' })],
      'tab 2': [tab(2, { grain: 'server' }), tab(2, { grain: 'atomic' })],
      thief: [steal, thief({ grain: 'atomic' })],
      time: [event(pass(10 * SECOND), pass(31 * SECOND)), event(pass(10 * SECOND))],
    },
  }),
  scenario({
    ...robbed,
    name: 'a logout',
    about: 'logout races two refreshes and a thief; an answer is lost; time passes once',
    faults: 1,
    actors: {
      'tab 1': [tab(1, { faults: 'answers' })],
      'tab 2': [tab(2)],
      logout: [event(logout(0))],
      thief: [steal, thief()],
      time: [event(pass(31 * SECOND))],
    },
  }),
  scenario({
    holders: ['the browser', 'the thief', 'the second device'],
    holdings: [BROWSER, THIEF, { who: 'the second device', holder: 2, thief: false, keyed: false }],
    name: 'a sign-in races revoke-all',
    about:
      'everything is revoked while a tab refreshes, another device signs in and refreshes, and a thief uses a copy',
    faults: 0,
    actors: {
      tab: [tab(1, { grain: 'server' })],
      'second device': [
        stepwise(readEpochs, openFamily(2)),
        request('the second device', 2, { grain: 'exchange' }),
      ],
      'revoke all': [event(endAll)],
      thief: [event(copy(0, 1), copy(2, 1)), thief({ grain: 'request' })],
    },
  }),
  scenario({
    ...robbed,
    name: 'the directory',
    about:
      'the directory fails and comes back, or Alice is disabled, while a tab refreshes twice, another once, and a thief uses a copy',
    faults: 0,
    actors: {
      'tab 1': [tab(1, { grain: 'server' }), tab(1, { grain: 'atomic' })],
      'tab 2': [tab(2, { grain: 'exchange' })],
      directory: [event(directoryIs('down'), directoryIs('gone')), event(directoryIs('up'))],
      thief: [steal, thief({ grain: 'atomic' })],
    },
  }),
  scenario({
    ...honest,
    name: 'lost writes',
    about:
      'a replica that lags behind takes over while one tab refreshes twice and another once; time passes once',
    faults: 0,
    actors: {
      'tab 1': [tab(1, { grain: 'exchange' }), tab(1, { grain: 'exchange' })],
      'tab 2': [tab(2)],
      database: [event(replicate), event(failOver)],
      time: [event(pass(31 * SECOND))],
    },
  }),
  scenario({
    ...honest,
    name: 'the limits',
    about: 'refreshes up to and past the idle and the absolute limit, retries among them',
    faults: 1,
    actors: {
      'tab 1': [1, 2, 3, 4].map(() => tab(1, { grain: 'atomic', faults: 'answers' })),
      'tab 2': [tab(2, { grain: 'exchange' })],
      time: [
        event(pass(13 * DAY), pass(14 * DAY)),
        event(pass(14 * DAY - 1)),
        event(pass(3 * DAY), pass(3 * DAY + 1)),
      ],
    },
  }),
  scenario({
    holders: ['the browser', 'a second copy'],
    holdings: [BROWSER, { who: 'the second copy', holder: 1, thief: false, keyed: false }],
    name: 'two copies',
    about:
      'a page and its server each keep a copy of the token and refresh twice each; an answer is lost; time passes twice',
    faults: 1,
    actors: {
      copying: [event(copy(0, 1))],
      page: [tab(1, { grain: 'exchange', faults: 'answers' }), tab(1, { grain: 'exchange' })],
      server: [
        request('the server', 1, { grain: 'exchange' }),
        request('the server', 1, { grain: 'atomic' }),
      ],
      time: [event(pass(30 * SECOND), pass(31 * SECOND)), event(pass(10 * SECOND))],
    },
  }),
];
