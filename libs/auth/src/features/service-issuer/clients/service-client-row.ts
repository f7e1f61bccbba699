/** What a service client may ask the token endpoint for. */
export type ServiceGrant = 'client_credentials' | 'token-exchange';

export const SERVICE_GRANTS: readonly ServiceGrant[] = ['client_credentials', 'token-exchange'];

/** A public key of a client (RFC 7517): public members, `kid` and `alg`. */
export type ClientJwk = Readonly<Record<string, unknown>>;

/** What decides what a client may do. */
export interface ClientRights {
  readonly scopes: readonly string[];
  readonly audiences: readonly string[];
  readonly grants: readonly ServiceGrant[];
  /** The audience that it serves itself: whose tokens it may ask about; null: it serves none. */
  readonly resource: string | null;
  /** Null: it has a secret. */
  readonly jwks: readonly ClientJwk[] | null;
}

/** A service client's row, as a port speaks of it. Instants are epoch milliseconds of the store's clock. */
export interface ServiceClientRow extends ClientRights {
  readonly id: string;
  readonly label: string | null;
  readonly secretHash: string | null;
  readonly formerSecretHash: string | null;
  readonly formerSecretExpiresAt: number | null;
  readonly epoch: number;
  readonly disabledAt: number | null;
  readonly createdAt: number;
}

/** What is to change of a client; what is left out stays. Keys take the place of a secret. */
export type ClientChange = Partial<Omit<ClientRights, 'jwks'>> & {
  readonly label?: string | null;
  readonly jwks?: readonly ClientJwk[];
};

/** Whether a change takes anything away from a client as it is: then its earlier tokens must end. */
export function takesAway(row: ClientRights, change: ClientChange): boolean {
  const lists = [
    [row.scopes, change.scopes],
    [row.audiences, change.audiences],
    [row.grants, change.grants],
  ] as const;
  if (
    lists.some(
      ([before, after]) => after && !before.every((word) => (after as readonly string[]).includes(word)),
    )
  )
    return true;
  if (change.resource !== undefined && row.resource !== null && change.resource !== row.resource) return true;
  if (change.jwks === undefined) return false;
  const kept = new Set(change.jwks.map((key) => JSON.stringify(key)));
  return row.jwks === null || !row.jwks.every((key) => kept.has(JSON.stringify(key)));
}
