import type { AttemptOptions } from '../attempts/attempt-options.js';

const MANY = 1_000_000;

/**
 * Budgets of tries that no test uses up, for an application whose tests sign in many times, or with wrong passwords. `authTesting`
 * has them already. Leave them out of a test that is about the limits.
 *
 * @example
 * ```ts
 * import type { AuthOptions } from 'nestjs-aerie';
 * import { manyAttempts } from 'nestjs-aerie/testing';
 *
 * declare const options: AuthOptions; // those of your application
 *
 * export const inTests: AuthOptions = { ...options, attempts: manyAttempts };
 * ```
 */
export const manyAttempts: AttemptOptions = {
  accountAndAddress: MANY,
  address: MANY,
  unknownDevices: MANY,
  knownDevices: MANY,
  signedIn: MANY,
  codes: MANY,
  mails: { subject: MANY, address: MANY, application: MANY },
};
