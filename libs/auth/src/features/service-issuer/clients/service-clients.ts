import type { SecurityEventSink } from '../../../audit/security-event.js';
import { AuthConfigError } from '../../../errors/auth-config-error.js';
import {
  checkedRegistration,
  checkedRotation,
  checkedUpdate,
  type ClientRegistration,
  type ClientUpdate,
  isClientId,
  type SecretRotation,
} from './client-registration.js';
import { freshClientSecret, hashOfSecret } from './client-secret.js';
import type { ClientJwk, ServiceClientRow, ServiceGrant } from './service-client-row.js';
import type { ServiceClientStore } from './service-client-store.js';

/** A service client as its administrators see it: nothing of its secret. */
export interface ServiceClientInfo {
  readonly id: string;
  readonly label: string | null;
  readonly scopes: readonly string[];
  readonly audiences: readonly string[];
  readonly grants: readonly ServiceGrant[];
  readonly resource: string | null;
  /** Its public keys; null: it has a secret. */
  readonly jwks: readonly ClientJwk[] | null;
  readonly disabledAt: Date | null;
  readonly createdAt: Date;
  /** Until when its former secret is good as well; null: there is none. */
  readonly formerSecretUntil: Date | null;
}

/**
 * The services that may authenticate as themselves: inject it where they are administered. A change that takes a right from
 * a client ends its tokens everywhere, as a logout ends a user's.
 *
 * @throws AuthConfigError for a malformed value, or an id that another client has. It names the member.
 * @throws StoreUnavailableError when the store cannot answer.
 * @example
 * ```ts
 * import type { ServiceClients } from 'nestjs-aerie/service-tokens';
 *
 * export async function register(clients: ServiceClients) {
 *   const { secret } = await clients.register({ id: 'orders', scopes: ['stock:read'], audiences: ['stock'] });
 *   return secret; // shown once
 * }
 * ```
 */
export class ServiceClients {
  /** @internal */
  constructor(
    private readonly store: ServiceClientStore,
    private readonly events: SecurityEventSink,
  ) {}

  /**
   * Registers a client. Its secret is shown here and never again; null for one with keys. Throws AuthConfigError when
   * there is one of this id.
   */
  async register(
    registration: ClientRegistration,
  ): Promise<{ readonly client: ServiceClientInfo; readonly secret: string | null }> {
    const { client, secret: given } = checkedRegistration(registration);
    const secret = client.jwks ? null : (given ?? freshClientSecret());
    const made = await this.store.register({
      ...client,
      secretHash: secret === null ? null : hashOfSecret(secret),
    });
    if (!made)
      throw new AuthConfigError(
        `"id" must be new, and no registered client may have it (got ${JSON.stringify(client.id)})`,
      );
    this.changed(client.id, 'registered');
    return { client: infoOf(made), secret };
  }

  /** At most 1,000, by id. */
  async list(): Promise<readonly ServiceClientInfo[]> {
    return (await this.store.list()).map(infoOf);
  }

  async find(id: string): Promise<ServiceClientInfo | null> {
    const found = isClientId(id) ? await this.store.find(id) : null;
    return found && infoOf(found.row);
  }

  /**
   * Changes a client; null when there is none. A scope, an audience, a grant, a key or the resource taken away ends its
   * tokens. Keys take the place of a secret.
   */
  async update(id: string, update: ClientUpdate): Promise<ServiceClientInfo | null> {
    const change = checkedUpdate(update);
    return this.done(id, 'updated', await this.asked(id, () => this.store.update(id, change)));
  }

  /**
   * A new secret, shown here and never again; null when there is no such client, or it has keys. Without `keepFormerFor`
   * the one before, and every token of the client, ends at once.
   */
  async rotateSecret(id: string, rotation: SecretRotation = {}): Promise<{ readonly secret: string } | null> {
    const { secret = freshClientSecret(), keepFormerMs } = withoutNull(checkedRotation(rotation));
    const rotate = () => this.store.rotateSecret(id, hashOfSecret(secret), keepFormerMs);
    const rotated = this.done(id, 'secret_rotated', await this.asked(id, rotate));
    return rotated && { secret };
  }

  /** Refuses it from now on, and ends its tokens. Null when there is no such client. */
  async disable(id: string): Promise<ServiceClientInfo | null> {
    return this.done(id, 'disabled', await this.asked(id, () => this.store.setDisabled(id, true)));
  }

  /** Lets it come back. Its earlier tokens stay ended. */
  async enable(id: string): Promise<ServiceClientInfo | null> {
    return this.done(id, 'enabled', await this.asked(id, () => this.store.setDisabled(id, false)));
  }

  /** Deletes it, and ends its tokens. Whether it was there. */
  async remove(id: string): Promise<boolean> {
    const removed = isClientId(id) && (await this.store.remove(id));
    if (removed) this.changed(id, 'removed');
    return removed;
  }

  /** What cannot be the id of a client is not asked for. */
  private async asked(
    id: string,
    ask: () => Promise<ServiceClientRow | null>,
  ): Promise<ServiceClientRow | null> {
    return isClientId(id) ? ask() : null;
  }

  private done(
    id: string,
    change: 'updated' | 'secret_rotated' | 'disabled' | 'enabled',
    row: ServiceClientRow | null,
  ): ServiceClientInfo | null {
    if (row) this.changed(id, change);
    return row && infoOf(row);
  }

  private changed(
    clientId: string,
    change: 'registered' | 'updated' | 'secret_rotated' | 'disabled' | 'enabled' | 'removed',
  ): void {
    this.events.record({ type: 'client_changed', clientId, change });
  }
}

function infoOf(row: ServiceClientRow): ServiceClientInfo {
  const { id, label, scopes, audiences, grants, resource, jwks, disabledAt, createdAt } = row;
  const until = row.formerSecretExpiresAt;
  return {
    id,
    label,
    scopes,
    audiences,
    grants,
    resource,
    jwks,
    disabledAt: disabledAt === null ? null : new Date(disabledAt),
    createdAt: new Date(createdAt),
    formerSecretUntil: until === null ? null : new Date(until),
  };
}

function withoutNull({ secret, keepFormerMs }: { secret: string | null; keepFormerMs: number }) {
  return { ...(secret !== null && { secret }), keepFormerMs };
}
