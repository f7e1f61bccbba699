// The set
export { AuthStores } from './auth-stores.js';
export { type StoresDoor, StoreSettings, type FeatureTable } from './stores-door.js';

// Subjects, and how many sign-ins each may have
export { SubjectStore, type SubjectEpochs, type SubjectVersions } from '../subjects/subject-store.js';
export { subjectKey, subjectOfKey } from '../subjects/subject-key.js';
export type { Opened, OpeningOutcome } from '../subjects/opening-outcome.js';
export {
  type SignInLimit,
  type CountedSignIn,
  evictionsFor,
  type ConcurrentSignIns,
  isLive,
} from '../subjects/sign-in-limit.js';

// Sessions
export {
  type NewSession,
  type SessionDataOutcome,
  type SessionDataReading,
  type SessionDataWrite,
  type SessionReading,
  type SessionRecord,
  type SessionRenewal,
  type SessionRow,
  SessionStore,
} from '../sessions/session-store.js';
export { openedSession, renewTransition, touchTransition } from '../sessions/session-transitions.js';

// Families of refresh tokens
export {
  type FamilyReading,
  type FamilyReplacement,
  type FamilyRow,
  type NewFamily,
  RefreshTokenFamilyStore,
  type RekeyAttempt,
  type RekeyOutcome,
  type RotationAttempt,
  type RotationOutcome,
} from '../refresh-tokens/refresh-token-family-store.js';
export {
  openFamily,
  replacementRow,
  type FamilyTransition,
  rekeyTransition,
  rotationTransition,
} from '../refresh-tokens/family-transitions.js';
export {
  MAX_REVOKED_TOKENS,
  revokedTokenIds,
  type RevokedTokensRow,
  type TokenRevocation,
  type TokenRevocationOutcome,
  tokenRevocationTransition,
  TOO_MANY_REVOKED,
} from '../refresh-tokens/token-revocation.js';
export {
  decideRotation,
  type RotationDecision,
  type RotationRules,
} from '../refresh-tokens/rotation-decision.js';

// All sign-ins of a subject
export { type CredentialChange, type KeptSignIn, SignInRegistry } from './sign-in-registry.js';
export { newestFirst, recordOfFamily, recordOfSession, type SignInRecord } from './sign-in-record.js';
export type { HostTransaction } from '../sql/database/sql-database.js';

// What access tokens are checked against
export { type RotationStatus, SignInLookup, type SignInStatus } from '../revocation-check/sign-in-lookup.js';
export { RevocationLog, type RevocationLogReading } from '../revocation/revocation-log.js';
export type {
  RevocationEvent,
  RevocationEventKind,
  OwnRevocationEvent,
} from '../revocation/revocation-event.js';
export { RevocationNotifier } from '../revocation/revocation-notifier.js';

// Signing keys
export { type SigningKeyReading, SigningKeyStore, type StoredKey } from '../keys/signing-key-store.js';

// Counters of tries
export {
  type AttemptCount,
  type AttemptCounter,
  type AttemptReturn,
  AttemptStore,
} from '../attempts/attempt-store.js';

// Security events
export {
  type EventPosition,
  type SecurityEventRecord,
  SecurityEventStore,
} from '../audit/security-event-store.js';

// Stores of features
export type { AnyFeatureStore, FeatureStore, MemoryAccess, SqlAccess } from './feature-store.js';
