import type { ModuleMetadata, Provider } from '@nestjs/common';
import type { TableDefinition } from '../sql/database/table-definition.js';

/** A table, and the feature that needs it. */
export interface FeatureTable {
  readonly feature: string;
  readonly definition: TableDefinition;
}

/** What stores may need to know of the module's options. Also the injection token for it. */
export abstract class StoreSettings {
  /** How long a revocation can matter: longer than any access token or cached record it may concern. */
  abstract readonly revocationLifeMs: number;
  /** Whether signing keys are kept (`keys: 'managed'`). */
  abstract readonly keepsKeys: boolean;
  /** Whether the stores should tell other processes of revocations themselves: there is no Redis that does. */
  abstract readonly notifies: boolean;
  /** The tables of the features that are switched on. */
  abstract readonly featureTables: readonly FeatureTable[];
}

/**
 * The way to stores that need more than a class: what `typeOrmStores()` of `nestjs-aerie/typeorm` gives. `provider` may
 * inject `StoreSettings`, and what `imports` export.
 */
export interface StoresDoor {
  readonly imports?: NonNullable<ModuleMetadata['imports']>;
  /** Of AuthStores. Its token is another one when other modules inject the same object. */
  readonly provider: Exclude<Provider, new (...args: never[]) => unknown>;
  /** Called with the features' tables while the module is defined: before any connection is made. */
  register?(featureTables: readonly TableDefinition[]): void;
}
