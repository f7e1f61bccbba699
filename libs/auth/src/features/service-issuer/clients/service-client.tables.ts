import { asNumber, asWords } from '../../../sql/database/column-values.js';
import { bigint, type TableDefinition, text, varchar } from '../../../sql/database/table-definition.js';
import type { ServiceClientRow } from './service-client-row.js';

/** A client as its columns have it. */
export type ClientColumns = Omit<ServiceClientRow, 'jwks' | 'grants'> & {
  readonly jwks: string | null;
  readonly grants: readonly string[];
};

/** Services that may ask for tokens. */
export const SERVICE_CLIENTS: TableDefinition<ClientColumns> = {
  name: 'auth_service_client',
  entity: 'ServiceClient',
  columns: {
    id: varchar('id', 64, { primary: true }),
    label: varchar('label', 100, { nullable: true }),
    secretHash: varchar('secret_hash', 64, { nullable: true }),
    formerSecretHash: varchar('former_secret_hash', 64, { nullable: true }),
    formerSecretExpiresAt: bigint('former_secret_expires_at', { nullable: true, values: asNumber }),
    jwks: text('jwks', { nullable: true }),
    scopes: text('scopes', { values: asWords }),
    audiences: text('audiences', { values: asWords }),
    grants: text('grants', { values: asWords }),
    resource: varchar('resource', 255, { nullable: true }),
    epoch: bigint('epoch', { values: asNumber }),
    disabledAt: bigint('disabled_at', { nullable: true, values: asNumber }),
    createdAt: bigint('created_at', { values: asNumber }),
  },
  indices: [],
};

export interface SpentIdColumns {
  /** Digest of the purpose, the client and the id. */
  readonly id: string;
  /** Who wrote the row. */
  readonly nonce: string;
  readonly expiresAt: number;
}

/** Ids that are good once: of assertions that were used, of tokens that were revoked. */
export const SPENT_TOKEN_IDS: TableDefinition<SpentIdColumns> = {
  name: 'auth_spent_token_id',
  entity: 'SpentTokenId',
  columns: {
    id: varchar('id', 64, { primary: true }),
    nonce: varchar('nonce', 32),
    expiresAt: bigint('expires_at', { values: asNumber }),
  },
  indices: [['expiresAt']],
};
