import { casesOn, type ContractCase } from '../contract-case.js';
import { SESSION_DATA } from './session-data.contract.js';
import { SESSION_ENDING } from './session-ending.contract.js';
import { SESSION_LIFE } from './session-life.contract.js';
import { aroundSessions, type HarnessSource } from '../store-harness.js';

/**
 * What every SessionStore must do, sentence by sentence of the port, for any test runner:
 * `for (const { name, run } of sessionStoreContract(harness)) it(name, run)`.
 */
export function sessionStoreContract(harness: HarnessSource): ContractCase[] {
  return casesOn(harness, aroundSessions, { ...SESSION_LIFE, ...SESSION_ENDING, ...SESSION_DATA });
}
