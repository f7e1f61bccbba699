import { casesOn, type ContractCase } from '../contract-case.js';
import { REGISTRY_CREDENTIALS } from './registry-credentials.contract.js';
import { REGISTRY_ENDING } from './registry-ending.contract.js';
import { REGISTRY_LIST } from './registry-list.contract.js';
import type { HarnessSource } from '../store-harness.js';

/** What every SignInRegistry must do: `for (const { name, run } of signInRegistryContract(harness)) it(name, run)`. */
export function signInRegistryContract(harness: HarnessSource): ContractCase[] {
  return casesOn(harness, (seen) => seen, {
    ...REGISTRY_LIST,
    ...REGISTRY_ENDING,
    ...REGISTRY_CREDENTIALS,
  });
}
