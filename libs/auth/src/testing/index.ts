import { takeRequestUser } from '../principal/request-user.js';

// Tests override guards, and have theirs set `request.user`.
takeRequestUser();

// For tests of applications
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
export { signingKeyStoreContract } from './contracts/signing-key-store/signing-key-store.contract.js';
export type { HarnessSource, StoreHarness } from './contracts/store-harness.js';

// Stores in memory
export { MemoryStores } from './memory/memory-stores.js';
export { MemoryRefreshTokenFamilyStore } from './memory/memory-refresh-token-family-store.js';
export { MemorySubjectStore } from './memory/memory-subject-store.js';
export { MemorySigningKeyStore } from './memory/memory-signing-key-store.js';

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
