import type { ClientColumns } from './service-client.tables.js';
import type { ClientChange, ClientJwk, ServiceClientRow, ServiceGrant } from './service-client-row.js';

/** A client of its columns. */
export function clientOfRow(row: ClientColumns): ServiceClientRow {
  const { jwks, grants, ...plain } = row;
  return {
    ...plain,
    jwks: jwks === null ? null : (JSON.parse(jwks) as ClientJwk[]),
    grants: grants as readonly ServiceGrant[],
  };
}

/** The columns that a change sets. */
export function columnsOfChange({ jwks, ...plain }: ClientChange): Partial<ClientColumns> {
  return jwks === undefined ? plain : { ...plain, ...WITHOUT_SECRET, jwks: JSON.stringify(jwks) };
}

/** Keys take the place of a secret. */
export const WITHOUT_SECRET = {
  secretHash: null,
  formerSecretHash: null,
  formerSecretExpiresAt: null,
} as const;
