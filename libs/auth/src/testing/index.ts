import { takeRequestUser } from '../principal/request-user.js';

// Tests override guards, and have theirs set `request.user`.
takeRequestUser();

// For tests of applications
export { authenticatorOf, type StandIn } from './authenticator-of.js';

// Contracts of the store ports
export type { ContractCase } from './contract-case.js';
export { authStoresContract } from './auth-stores.contract.js';
export { subjectStoreContract } from './subject-store.contract.js';
export { sessionStoreContract } from './session-store.contract.js';
export { refreshTokenFamilyStoreContract } from './refresh-token-family-store.contract.js';
export { signInRegistryContract } from './sign-in-registry.contract.js';
export { signInLimitContract } from './sign-in-limit.contract.js';
export { announcementLogContract } from './announcement-log.contract.js';
export { signInLookupContract } from './sign-in-lookup.contract.js';
export { serviceClientStoreContract } from './service-client-store.contract.js';
export { signingKeyStoreContract } from './signing-key-store.contract.js';
export type { HarnessSource, StoreHarness } from './store-harness.js';

// Stores in memory
export { MemoryStores } from './memory-stores.js';
export { MemoryRefreshTokenFamilyStore } from './memory-refresh-token-family-store.js';
export { MemorySubjectStore } from './memory-subject-store.js';
export { MemorySigningKeyStore } from './memory-signing-key-store.js';

// The ports that the contracts are about, and what their methods take and give
export {
  type FamilyReading,
  type FamilyRow,
  type NewFamily,
  RefreshTokenFamilyStore,
  type RekeyAttempt,
  type RekeyOutcome,
  type RotationAttempt,
  type RotationOutcome,
} from '../refresh-tokens/refresh-token-family-store.js';
export {
  decideRotation,
  type RotationDecision,
  type RotationRules,
} from '../refresh-tokens/rotation-decision.js';
export type { OpeningOutcome } from '../subjects/opening-outcome.js';
export type { SignInLimit } from '../subjects/sign-in-limit.js';
export {
  type NewSession,
  type SessionDataOutcome,
  type SessionDataReading,
  type SessionDataWrite,
  type SessionReading,
  type SessionRenewal,
  SessionStore,
} from '../sessions/session-store.js';
export { SubjectStore, type SubjectEpochs } from '../subjects/subject-store.js';
