import { casesOn, type ContractCase } from '../contract-case.js';
import { FAMILY_ENDING } from './family-ending.contract.js';
import { FAMILY_LATE_RETRY } from './family-late-retry.contract.js';
import { FAMILY_OPENING } from './family-opening.contract.js';
import { FAMILY_REKEY } from './family-rekey.contract.js';
import { FAMILY_REPLAY } from './family-replay.contract.js';
import { FAMILY_REUSE } from './family-reuse.contract.js';
import { FAMILY_ROTATION } from './family-rotation.contract.js';
import { aroundFamilies, type HarnessSource } from '../store-harness.js';

/**
 * What every RefreshTokenFamilyStore must do, sentence by sentence of the port, for any test runner:
 * `for (const { name, run } of refreshTokenFamilyStoreContract(harness)) it(name, run)`.
 */
export function refreshTokenFamilyStoreContract(harness: HarnessSource): ContractCase[] {
  return casesOn(harness, aroundFamilies, {
    ...FAMILY_OPENING,
    ...FAMILY_ROTATION,
    ...FAMILY_REPLAY,
    ...FAMILY_LATE_RETRY,
    ...FAMILY_REUSE,
    ...FAMILY_REKEY,
    ...FAMILY_ENDING,
  });
}
