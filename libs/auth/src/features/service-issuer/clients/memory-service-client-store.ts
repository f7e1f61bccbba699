import { WITHOUT_SECRET } from './client-columns.js';
import {
  type NewServiceClient,
  REVOKED_TOKEN,
  type ServiceClientReading,
  ServiceClientStore,
  type SpentId,
} from './service-client-store.js';
import { type ClientChange, type ServiceClientRow, takesAway } from './service-client-row.js';
import type { MemoryAccess } from '../../../stores/feature-store.js';
import { spentIdHash } from './spent-id-hash.js';
import type { ServiceTokenRecord } from '../../../service-tokens/service-token-check.js';

/** ServiceClientStore in memory. Nothing here is awaited: each call is one step. */
export class MemoryServiceClientStore extends ServiceClientStore {
  private readonly clients = new Map<string, ServiceClientRow>();
  private readonly spent = new Map<string, number>();

  constructor(private readonly access: MemoryAccess) {
    super();
  }

  async register(client: NewServiceClient): Promise<ServiceClientRow | null> {
    if (this.clients.has(client.id)) return null;
    const now = this.access.clock.now();
    const former = { formerSecretHash: null, formerSecretExpiresAt: null };
    return this.put({ ...client, ...former, epoch: now, disabledAt: null, createdAt: now });
  }

  async find(id: string): Promise<ServiceClientReading | null> {
    const row = this.clients.get(id);
    return row ? { row, globalEpochNow: this.access.globalEpoch(), now: this.access.clock.now() } : null;
  }

  async list(): Promise<readonly ServiceClientRow[]> {
    return [...this.clients.values()].sort((a, b) => (a.id < b.id ? -1 : 1)).slice(0, 1_000);
  }

  async update(id: string, change: ClientChange): Promise<ServiceClientRow | null> {
    const row = this.clients.get(id);
    if (!row) return null;
    const keys = change.jwks ? WITHOUT_SECRET : {};
    return this.change({ ...row, ...change, ...keys }, takesAway(row, change));
  }

  async rotateSecret(id: string, secretHash: string, keepFormerMs: number): Promise<ServiceClientRow | null> {
    const row = this.clients.get(id);
    if (!row || row.secretHash === null) return null;
    const keeps = keepFormerMs > 0;
    const former = {
      formerSecretHash: keeps ? row.secretHash : null,
      formerSecretExpiresAt: keeps ? this.access.clock.now() + keepFormerMs : null,
    };
    return this.change({ ...row, secretHash, ...former }, !keeps);
  }

  async setDisabled(id: string, disabled: boolean): Promise<ServiceClientRow | null> {
    const row = this.clients.get(id);
    if (!row) return null;
    const disabledAt = disabled ? (row.disabledAt ?? this.access.clock.now()) : null;
    return this.change({ ...row, disabledAt }, disabled && row.disabledAt === null);
  }

  async remove(id: string): Promise<boolean> {
    const row = this.clients.get(id);
    if (!row) return false;
    this.change(row, true);
    return this.clients.delete(id);
  }

  async spend({ lifeMs, ...spent }: SpentId): Promise<boolean> {
    const id = spentIdHash(spent);
    if (this.spent.has(id)) return false;
    this.spent.set(id, this.access.clock.now() + lifeMs);
    return true;
  }

  async revokeToken(client: string, jti: string, lifeMs: number): Promise<void> {
    if (await this.spend({ purpose: REVOKED_TOKEN, client, jti, lifeMs }))
      this.access.revocations.write('token', jti);
  }

  async status(client: string, jti: string): Promise<ServiceTokenRecord> {
    const row = this.clients.get(client);
    return {
      clientEpochNow: row && row.disabledAt === null ? row.epoch : null,
      globalEpochNow: this.access.globalEpoch(),
      revoked: this.spent.has(spentIdHash({ purpose: REVOKED_TOKEN, client, jti })),
    };
  }

  async sweep(limit: number): Promise<number> {
    const now = this.access.clock.now();
    const past = [...this.spent].filter(([, expiresAt]) => expiresAt < now).slice(0, limit);
    for (const [id] of past) this.spent.delete(id);
    return past.length;
  }

  private change(row: ServiceClientRow, movesEpoch: boolean): ServiceClientRow {
    if (!movesEpoch) return this.put(row);
    const epoch = Math.max(row.epoch + 1, this.access.clock.now());
    this.access.revocations.write('client', row.id, epoch);
    return this.put({ ...row, epoch });
  }

  private put(row: ServiceClientRow): ServiceClientRow {
    this.clients.set(row.id, row);
    return row;
  }
}
