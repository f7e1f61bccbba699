// Contracts of the store ports
export type { ContractCase } from './contract-case.js';
export { refreshTokenFamilyStoreContract } from './refresh-token-family-store.contract.js';
export { sessionStoreContract } from './session-store.contract.js';
export type { RefreshTokenFamilyStoreHarness, SessionStoreHarness, StoreHarness } from './store-harness.js';

// Stores in memory
export { MemoryRefreshTokenFamilyStore } from './memory-refresh-token-family-store.js';
export { MemorySubjectStore } from './memory-subject-store.js';

// The ports that a store of your own extends
export { RefreshTokenFamilyStore } from '../refresh-tokens/refresh-token-family-store.js';
export { SessionStore } from '../sessions/session-store.js';
export { SubjectStore, type SubjectEpochs } from '../subjects/subject-store.js';
