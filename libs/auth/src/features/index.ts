// `nestjs-aerie/feature`: what a feature of your own is made of

// What it is
export {
  type AddedColumns,
  type AuthFeature,
  type FeatureMigration,
  type FeatureOptions,
  type FeatureOptionsSource,
  type Sweepable,
} from './auth-feature.js';
export { nullable, provide, typed } from '../wiring/provide.js';

// Its options, bodies and queries
export { OptionReader } from '../validation/option-reader.js';

export { strictBody, strictQuery } from '../context/strict-input.js';
export type { FieldRule } from '../validation/field-rule.js';
export type { HttpRequest } from '../context/http-request.js';
export { requesterOf } from '../context/requester-of.js';

// Its routes in an OpenAPI document
export {
  type AnswerDescription,
  bodyOf,
  type FeatureErrorDescription,
  type JsonSchema,
  type RouteCredential,
  type RouteDescription,
  type RouteDescriptions,
} from './route-description.js';

// Its errors and events
export { FeatureError, type FeatureErrorKind } from '../errors/feature-error.js';
export type { FeatureErrorCode } from '../errors/auth-error.js';
export type { FeatureSecurityEvent } from '../audit/security-event.js';

// Its tables and stores
export type { FeatureStore, MemoryAccess, SqlAccess, SqlRevocations } from '../stores/feature-store.js';
export type { StoreCall, StoreCalls } from '../stores/store-call.js';
export {
  bigint,
  boolean,
  type ColumnDefinition,
  int,
  type TableDefinition,
  text,
  varchar,
} from '../sql/database/table-definition.js';
export { asBoolean, asJson, asNumber, asWords, type ValueConversion } from '../sql/database/column-values.js';
export { asSubject } from '../subjects/subject-key.js';
export { Sql, sql, type SqlRow, type SqlValue } from '../sql/database/sql.js';
export { type SqlDatabase, type SqlResult, type SqlTransaction } from '../sql/database/sql-database.js';
export type { SqlTable } from '../sql/database/sql-table.js';

// What it may ask of the core
export { SecurityEventSink } from '../audit/security-event.js';
export { DerivedKeys } from '../crypto/derived-keys.js';
export { Clock } from '../time/clock.js';
export { type Attempt, AttemptLimiter } from '../attempts/attempt-limiter.js';
export type { AttemptPurpose, AttemptSource } from '../attempts/attempt-budgets.js';
export type { Requester } from '../principal/requester.js';
export { RoutesPath } from '../http/mount-path.js';
