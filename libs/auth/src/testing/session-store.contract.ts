import { casesOn, type ContractCase } from './contract-case.js';
import { SESSION_ENDING } from './session-ending.contract.js';
import { SESSION_LIFE } from './session-life.contract.js';
import type { SessionStoreHarness } from './store-harness.js';

/**
 * What every SessionStore must do, sentence by sentence of the port, for any test runner:
 * `for (const { name, run } of sessionStoreContract(harness)) it(name, run)`.
 */
export function sessionStoreContract(harness: SessionStoreHarness): ContractCase[] {
  return casesOn(harness, { ...SESSION_LIFE, ...SESSION_ENDING });
}
