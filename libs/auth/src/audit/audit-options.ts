import type { Duration } from '../time/duration.js';
import type { OptionReader } from '../validation/option-reader.js';

/** `audit`: what is kept of security events. */
export interface AuditOptions {
  /** Whether events are kept in the table `auth_event`, for `SecurityEvents.list`. Needs the module's own stores. Default false. */
  readonly table?: boolean;
  /** How long they are kept there, 1d to 3650d. A change holds for the rows that are there, too. Default `90d`. */
  readonly retention?: Duration;
}

export interface ResolvedAuditOptions {
  readonly table: boolean;
  readonly retentionMs: number;
}

export function resolveAuditOptions(reader: OptionReader): ResolvedAuditOptions {
  const resolved = {
    table: reader.boolean('table', false),
    retentionMs: reader.duration('retention', { default: '90d', min: '1d', max: '3650d' }),
  };
  reader.done();
  return resolved;
}
