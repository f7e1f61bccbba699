import { revocationLogContract } from './revocation-log/revocation-log.contract.js';
import type { ContractCase } from './contract-case.js';
import { refreshTokenFamilyStoreContract } from './refresh-token-family-store/refresh-token-family-store.contract.js';
import { sessionStoreContract } from './session-store/session-store.contract.js';
import { signInLimitContract } from './subject-store/sign-in-limit.contract.js';
import { signInLookupContract } from './sign-in-lookup/sign-in-lookup.contract.js';
import { signInRegistryContract } from './sign-in-registry/sign-in-registry.contract.js';
import type { HarnessSource } from './store-harness.js';
import { subjectStoreContract } from './subject-store/subject-store.contract.js';

const CONTRACTS = {
  subjects: subjectStoreContract,
  sessions: sessionStoreContract,
  families: refreshTokenFamilyStoreContract,
  registry: signInRegistryContract,
  lookup: signInLookupContract,
  revocations: revocationLogContract,
  limit: signInLimitContract,
};

/**
 * What a set of stores must do, sentence by sentence of its ports, for any test runner:
 * `for (const { name, run } of authStoresContract(() => harness)) it(name, run)`.
 */
export function authStoresContract(harness: HarnessSource): ContractCase[] {
  return Object.entries(CONTRACTS).flatMap(([port, contract]) =>
    contract(harness).map(({ name, run }) => ({ name: `${port}: ${name}`, run })),
  );
}
