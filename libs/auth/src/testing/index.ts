import { takeRequestUser } from '../principal/request-user.js';

// Tests override guards, and have theirs set `request.user`.
takeRequestUser();

// For tests of applications
export { authTesting } from './auth-testing.js';
export { ActAsModule } from './act-as.module.js';
export { actAs, type ActingHeaders, type SettableRequest } from './act-as.js';
export type { TestPrincipal } from './stand-in-principal.js';
export { type AnsweredCookies, CookieJar, type PluggableRequest } from './cookie-jar.js';
export { manyAttempts } from './many-attempts.js';
export { ManualClock } from './manual-clock.js';
export { Clock } from '../time/clock.js';
export { authenticatorOf, type StandIn } from './authenticator-of.js';

// Contracts of the store ports
export type { ContractCase } from './contracts/contract-case.js';
export { authStoresContract } from './contracts/auth-stores.contract.js';
export { subjectStoreContract } from './contracts/subject-store/subject-store.contract.js';
export { sessionStoreContract } from './contracts/session-store/session-store.contract.js';
export { refreshTokenFamilyStoreContract } from './contracts/refresh-token-family-store/refresh-token-family-store.contract.js';
export { signInRegistryContract } from './contracts/sign-in-registry/sign-in-registry.contract.js';
export { signInLimitContract } from './contracts/subject-store/sign-in-limit.contract.js';
export { revocationLogContract } from './contracts/revocation-log/revocation-log.contract.js';
export { signInLookupContract } from './contracts/sign-in-lookup/sign-in-lookup.contract.js';
export { serviceClientStoreContract } from '../features/service-issuer/clients/service-client-store.contract.js';
export { handoverStoreContract } from '../features/handover/store/handover-store.contract.js';
export { formerClaimStoreContract } from '../features/former-sign-ins/claims/former-claim-store.contract.js';
export { actionTokenStoreContract } from '../features/account-flows/tokens/action-token-store.contract.js';
export { attemptStoreContract } from './contracts/attempt-store/attempt-store.contract.js';
export { signingKeyStoreContract } from './contracts/signing-key-store/signing-key-store.contract.js';
export type { HarnessSource, StoreHarness } from './contracts/store-harness.js';

// The contract of user directories
export {
  userDirectoryContract,
  type UserDirectoryTrial,
} from './contracts/user-directory/user-directory.contract.js';
export type { UserDirectoryHarness } from './contracts/user-directory/directory-on-trial.js';

// Stores in memory
export { MemoryStores } from './memory/memory-stores.js';
export { MemoryRefreshTokenFamilyStore } from './memory/memory-refresh-token-family-store.js';
export { MemorySubjectStore } from './memory/memory-subject-store.js';
export { MemorySigningKeyStore } from './memory/memory-signing-key-store.js';
