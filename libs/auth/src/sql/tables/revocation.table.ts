import type { RevocationEvent } from '../../revocation/revocation-event.js';
import { asNumber } from '../database/column-values.js';
import { bigint, identity, type TableDefinition, varchar } from '../database/table-definition.js';

/** The revocation log. */
export const REVOCATIONS: TableDefinition<RevocationEvent> = {
  name: 'auth_revocation',
  entity: 'Revocation',
  columns: {
    id: identity('id', { primary: true, values: asNumber }),
    kind: varchar('kind', 20),
    value: varchar('value', 255),
    epoch: bigint('epoch', { nullable: true, values: asNumber }),
    createdAt: bigint('created_at', { values: asNumber }),
    expiresAt: bigint('expires_at', { values: asNumber }),
  },
  indices: [['value', 'kind'], ['expiresAt']],
};
