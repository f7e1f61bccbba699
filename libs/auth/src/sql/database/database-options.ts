import type { Duration } from '../../time/duration.js';
import type { OptionReader } from '../../validation/option-reader.js';

/** `database`: how long we wait for it. */
export interface DatabaseOptions {
  /** A call that has no answer by then is given up: its connection is cut, the answer is 503. 100ms to 20s. Default `2s`. */
  readonly deadline?: Duration;
  /**
   * PostgreSQL: each statement is parsed and planned once for a connection. Given up by itself behind a pooler that loses
   * them (PgBouncer before 1.21, in transaction mode). Default true.
   */
  readonly preparedStatements?: boolean;
}

export interface ResolvedDatabaseOptions {
  readonly deadlineMs: number;
  readonly preparedStatements: boolean;
}

export function resolveDatabaseOptions(reader: OptionReader): ResolvedDatabaseOptions {
  const resolved = {
    deadlineMs: reader.duration('deadline', { default: '2s', min: '100ms', max: '20s' }),
    preparedStatements: reader.boolean('preparedStatements', true),
  };
  reader.done();
  return resolved;
}
