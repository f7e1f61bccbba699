import type { StoredKey } from '../../keys/signing-key-store.js';
import { asNumber } from '../database/column-values.js';
import { bigint, int, type TableDefinition, text, varchar } from '../database/table-definition.js';

/** Managed signing keys, each encrypted. */
export const SIGNING_KEYS: TableDefinition<StoredKey> = {
  name: 'auth_signing_key',
  entity: 'StoredSigningKey',
  columns: {
    id: int('id', { primary: true }),
    kid: varchar('kid', 64),
    alg: varchar('alg', 10),
    sealedKey: text('sealed_key'),
    createdAt: bigint('created_at', { values: asNumber }),
    beginsAt: bigint('begins_at', { values: asNumber }),
  },
  indices: [],
};
