import type { SessionRecord } from '../../sessions/session-store.js';
import { asNumber } from '../database/column-values.js';
import { bigint, int, type TableDefinition, text, varchar } from '../database/table-definition.js';
import { SIGN_IN_COLUMNS } from './sign-in-columns.js';

export interface SessionColumns extends SessionRecord {
  readonly data: string | null;
  readonly version: number;
}

/** One row a session. */
export const SESSIONS: TableDefinition<SessionColumns> = {
  name: 'auth_session',
  entity: 'Session',
  columns: {
    ...SIGN_IN_COLUMNS,
    secretHash: varchar('secret_hash', 64),
    data: text('data', { nullable: true, selected: false }),
    version: int('version', { default: 0, selected: false }),
    seenAt: bigint('seen_at', { values: asNumber }),
  },
  indices: [['subject'], ['expiresAt']],
};
