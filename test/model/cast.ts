import { SECOND } from '../support/time-passes.js';
import { copy, pass } from './event-steps.js';
import { event, request, type RequestMaking } from './scenario.js';

/** Who appears in the scenarios: what they hold, and the requests they make. */
export const BROWSER = { who: 'the browser', holder: 0, thief: false, keyed: false };
export const PHONE = { who: 'the phone', holder: 0, thief: false, keyed: true };
export const THIEF = { who: 'the thief', holder: 1, thief: true, keyed: false };
export const tab = (number: number, making: RequestMaking = {}) => request(`tab ${number}`, 0, making);
export const phone = (making: RequestMaking = {}) => request('the phone', 0, { keyed: true, ...making });
export const thief = (making: RequestMaking = {}) =>
  request('the thief', 1, { thief: true, grain: 'exchange', ...making });
export const someTime = event(pass(10 * SECOND), pass(31 * SECOND));
export const steal = event(copy(0, 1));

export const honest = { holders: ['the browser'], holdings: [BROWSER] };
export const robbed = { holders: ['the browser', 'the thief'], holdings: [BROWSER, THIEF] };
