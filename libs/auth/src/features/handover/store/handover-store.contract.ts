import { casesOn, type ContractCase } from '../../../testing/contracts/contract-case.js';
import type { HarnessSource } from '../../../testing/contracts/store-harness.js';
import { HANDOVER_ENDING } from './handover-ending.contract.js';
import { HANDOVER_OPENING } from './handover-opening.contract.js';
import { seenOf } from './handovers-on-trial.contract.js';

/** What every HandoverStore does, for stores of a host's own; the harness has tables that nothing else uses. */
export function handoverStoreContract(source: HarnessSource): readonly ContractCase[] {
  return casesOn(source, seenOf, { ...HANDOVER_OPENING, ...HANDOVER_ENDING });
}
