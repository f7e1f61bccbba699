import type { SecurityEventRecord } from '../../audit/security-event-store.js';
import { asSubjectOrNull } from '../../subjects/subject-key.js';
import { asJson, asNumber } from '../database/column-values.js';
import { bigint, type TableDefinition, text, varchar } from '../database/table-definition.js';

/** Security events that are kept. */
export const SECURITY_EVENTS: TableDefinition<SecurityEventRecord> = {
  name: 'auth_event',
  entity: 'AuthEvent',
  columns: {
    id: varchar('id', 36, { primary: true }),
    type: varchar('type', 40),
    at: bigint('happened_at', { values: asNumber }),
    subject: varchar('subject', 255, { nullable: true, values: asSubjectOrNull }),
    signInId: varchar('sign_in_id', 36, { nullable: true }),
    reason: varchar('reason', 255, { nullable: true }),
    ip: varchar('ip', 45, { nullable: true }),
    userAgent: varchar('user_agent', 255, { nullable: true }),
    detail: text('detail', { values: asJson }),
  },
  indices: [['subject', 'at'], ['at']],
};
