import { asNumber, asWords } from '../../../sql/database/column-values.js';
import { bigint, type TableDefinition, text, varchar } from '../../../sql/database/table-definition.js';
import { asSubject } from '../../../subjects/subject-key.js';
import type { HandoverRow } from './handover-store.js';

/** Handovers that wait, and those that were opened: these link a sign-in to its parent. */
export const HANDOVERS: TableDefinition<HandoverRow> = {
  name: 'auth_handover',
  entity: 'Handover',
  columns: {
    id: varchar('id', 36, { primary: true }),
    subject: varchar('subject', 255, { values: asSubject }),
    parentId: varchar('parent_id', 36),
    childId: varchar('child_id', 36, { nullable: true }),
    secretHash: varchar('secret_hash', 64),
    scopes: text('scopes', { nullable: true, values: asWords }),
    target: text('target'),
    createdAt: bigint('created_at', { values: asNumber }),
    expiresAt: bigint('expires_at', { values: asNumber }),
  },
  indices: [['parentId'], ['childId'], ['subject'], ['expiresAt']],
};
