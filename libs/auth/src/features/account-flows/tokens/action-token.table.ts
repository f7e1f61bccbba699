import { asNumber } from '../../../sql/database/column-values.js';
import { bigint, type TableDefinition, varchar } from '../../../sql/database/table-definition.js';
import { asSubject } from '../../../subjects/subject-key.js';
import type { FeatureMigration } from '../../auth-feature.js';
import type { ActionTokenRow } from './action-token.js';

/** The links and codes that were mailed: one row each, until it expires. */
export const ACTION_TOKENS: TableDefinition<ActionTokenRow> = {
  name: 'auth_action_token',
  entity: 'ActionToken',
  columns: {
    id: varchar('id', 36, { primary: true }),
    purpose: varchar('purpose', 20),
    subject: varchar('subject', 255, { values: asSubject }),
    credentialVersion: bigint('credential_version', { nullable: true, values: asNumber }),
    binding: varchar('binding', 64, { nullable: true }),
    contextHash: varchar('context_hash', 64, { nullable: true }),
    secretHash: varchar('secret_hash', 64),
    kind: varchar('kind', 4),
    askerHash: varchar('asker_hash', 64, { nullable: true }),
    createdAt: bigint('created_at', { values: asNumber }),
    expiresAt: bigint('expires_at', { values: asNumber }),
    spentAt: bigint('spent_at', { nullable: true, values: asNumber }),
    endingDue: bigint('ending_due', { nullable: true, values: asNumber }),
  },
  indices: [['subject', 'purpose'], ['askerHash'], ['expiresAt'], ['endingDue']],
};

/** The migration of the table. */
export const ACTION_TOKEN_MIGRATION: FeatureMigration = {
  name: 'CreateActionTokenTable1799020800000',
  creates: [ACTION_TOKENS],
};
