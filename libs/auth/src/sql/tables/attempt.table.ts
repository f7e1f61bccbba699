import { asNumber } from '../database/column-values.js';
import { bigint, int, type TableDefinition, varchar } from '../database/table-definition.js';

export interface AttemptRow {
  /** A keyed hash, in hex. */
  readonly id: string;
  readonly used: number;
  /** Of the window, by the database's clock. It also tells one window of a counter from another. */
  readonly endsAt: number;
}

/** Counters of tries. */
export const ATTEMPTS: TableDefinition<AttemptRow> = {
  name: 'auth_attempt',
  entity: 'AuthAttempt',
  columns: {
    id: varchar('id', 32, { primary: true }),
    used: int('used'),
    endsAt: bigint('ends_at', { values: asNumber }),
  },
  indices: [['endsAt']],
};
