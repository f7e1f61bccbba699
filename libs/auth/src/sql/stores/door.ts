import type { Duration } from '../../time/duration.js';
import { OptionReader } from '../../validation/option-reader.js';
import {
  type DatabaseOptions,
  type ResolvedDatabaseOptions,
  resolveDatabaseOptions,
} from '../database/database-options.js';

/** What every door to the stores in SQL is told. */
export interface DoorOptions {
  /** How long we wait for the database. */
  readonly database?: DatabaseOptions;
  /**
   * Whether security events are kept in the table `auth_event`, for `SecurityEvents.list`, and for how long: 1d to 3650d,
   * default `90d`. A change of the retention holds for the rows that are there, too. Default false.
   */
  readonly audit?: boolean | { readonly retention?: Duration };
}

export interface ResolvedDoorOptions {
  readonly database: ResolvedDatabaseOptions;
  /** Null: security events are not kept. */
  readonly eventRetentionMs: number | null;
}

export const resolveDoorOptions = (reader: OptionReader): ResolvedDoorOptions => ({
  database: resolveDatabaseOptions(reader.nested('database')),
  eventRetentionMs: retentionIn(reader),
});

/** How long security events are kept; null: they are not. */
function retentionIn(reader: OptionReader): number | null {
  if (reader.isOff('audit') || !reader.has('audit')) return null;
  const given = reader.custom('audit', 'true, false or { retention }', isAudit);
  const audit = new OptionReader(given === true ? {} : given, 'stores.audit');
  const retentionMs = audit.duration('retention', { default: '90d', min: '1d', max: '3650d' });
  audit.done();
  return retentionMs;
}

const isAudit = (value: unknown): value is true | object =>
  value === true || (typeof value === 'object' && value !== null && !Array.isArray(value));
