import { randomBytes } from 'node:crypto';
import type { SqlDatabase, SqlTransaction } from '../../../sql/database/sql-database.js';
import type { SqlTable } from '../../../sql/database/sql-table.js';
import { type Sql, sql, trustedSql } from '../../../sql/database/sql.js';
import { isUniqueViolation } from '../../../sql/database/unique-violation.js';
import { StoreUnavailableError } from '../../../errors/auth-error.js';
import type { ServiceTokenRecord } from '../../../service-tokens/service-token-check.js';
import type { SqlAccess, SqlRevocations } from '../../../stores/feature-store.js';
import { type ClientChange, type ServiceClientRow, takesAway } from './service-client-row.js';
import { clientOfRow, columnsOfChange } from './client-columns.js';
import {
  type NewServiceClient,
  REVOKED_TOKEN,
  type ServiceClientReading,
  ServiceClientStore,
  type SpentId,
} from './service-client-store.js';
import {
  type ClientColumns,
  SERVICE_CLIENTS,
  SPENT_TOKEN_IDS,
  type SpentIdColumns,
} from './service-client.tables.js';
import { spentIdHash } from './spent-id-hash.js';

const MAX_LISTED = trustedSql('1000');

/** What becomes of a client that is there: columns to set, and whether its epoch moves. */
interface Step {
  readonly set: Partial<ClientColumns>;
  readonly movesEpoch: boolean;
}

/** ServiceClientStore in SQL. */
export class SqlServiceClientStore extends ServiceClientStore {
  private readonly clients: SqlTable<ClientColumns>;
  private readonly spent: SqlTable<SpentIdColumns>;

  private readonly database: SqlDatabase;
  private readonly revocations: SqlRevocations;
  private readonly globalEpoch: Sql;

  constructor({ database, revocations, globalEpoch }: SqlAccess) {
    super();
    this.database = database;
    this.revocations = revocations;
    this.globalEpoch = globalEpoch;
    this.clients = database.table(SERVICE_CLIENTS);
    this.spent = database.table(SPENT_TOKEN_IDS);
  }

  async register(client: NewServiceClient): Promise<ServiceClientRow | null> {
    try {
      return await this.revocations.transaction(() => this.registering(client), {
        expects: isUniqueViolation,
      });
    } catch (error) {
      // The key decides between those who register it at the same moment.
      if (error instanceof StoreUnavailableError && isUniqueViolation(error.cause)) return null;
      throw error;
    }
  }

  private *registering(client: NewServiceClient): SqlTransaction<ServiceClientRow | null> {
    const { name, column } = this.clients;
    const { rows } = yield sql`select ${this.database.dialect.nowMs} as now,
      (select count(*) from ${name} where ${column.id} = ${client.id}) as known`;
    if (Number(rows[0]!['known']) > 0) return null;
    const now = Number(rows[0]!['now']);
    const { jwks, ...plain } = client;
    const made: ClientColumns = {
      ...plain,
      jwks: jwks && JSON.stringify(jwks),
      formerSecretHash: null,
      formerSecretExpiresAt: null,
      epoch: now,
      disabledAt: null,
      createdAt: now,
    };
    yield this.clients.insert(made);
    return clientOfRow(made);
  }

  async find(id: string): Promise<ServiceClientReading | null> {
    const { name, column } = this.clients;
    const { rows } = await this.database.run(sql`select ${this.clients.columnsOf('c')},
      ${this.database.dialect.nowMs} as now, ${this.globalEpoch} as global_epoch_now
      from ${name} c where c.${column.id} = ${id}`);
    const found = rows[0];
    if (!found) return null;
    const row = clientOfRow(this.clients.read(found));
    // Some collations take two ids for one.
    if (row.id !== id) return null;
    return { row, now: Number(found['now']), globalEpochNow: Number(found['global_epoch_now']) };
  }

  async list(): Promise<readonly ServiceClientRow[]> {
    const { name, column } = this.clients;
    const { rows } = await this.database.run(sql`select ${this.clients.columnsOf('c')} from ${name} c
      order by c.${column.id} limit ${MAX_LISTED}`);
    return rows.map((row) => clientOfRow(this.clients.read(row)));
  }

  update(id: string, change: ClientChange): Promise<ServiceClientRow | null> {
    return this.change(id, (row) => ({ set: columnsOfChange(change), movesEpoch: takesAway(row, change) }));
  }

  rotateSecret(id: string, secretHash: string, keepFormerMs: number): Promise<ServiceClientRow | null> {
    return this.change(id, (row, now) => {
      if (row.secretHash === null) return null;
      const former =
        keepFormerMs > 0
          ? { formerSecretHash: row.secretHash, formerSecretExpiresAt: now + keepFormerMs }
          : { formerSecretHash: null, formerSecretExpiresAt: null };
      return { set: { secretHash, ...former }, movesEpoch: keepFormerMs <= 0 };
    });
  }

  setDisabled(id: string, disabled: boolean): Promise<ServiceClientRow | null> {
    return this.change(id, (row, now) => ({
      set: { disabledAt: disabled ? (row.disabledAt ?? now) : null },
      movesEpoch: disabled && row.disabledAt === null,
    }));
  }

  async remove(id: string): Promise<boolean> {
    return this.revocations.transaction(() => this.removing(id));
  }

  private *removing(id: string): SqlTransaction<boolean> {
    const known = yield* this.locked(id);
    if (!known) return false;
    const { row, now } = known;
    yield sql`delete from ${this.clients.name} where ${this.clients.column.id} = ${id}`;
    yield* this.revocations.write('client', id, now, Math.max(row.epoch + 1, now));
    return true;
  }

  private change(
    id: string,
    step: (row: ServiceClientRow, now: number) => Step | null,
  ): Promise<ServiceClientRow | null> {
    return this.revocations.transaction(() => this.changing(id, step));
  }

  private *changing(
    id: string,
    step: (row: ServiceClientRow, now: number) => Step | null,
  ): SqlTransaction<ServiceClientRow | null> {
    const known = yield* this.locked(id);
    const taken = known && step(known.row, known.now);
    if (!known || !taken) return null;
    const epoch = taken.movesEpoch ? Math.max(known.row.epoch + 1, known.now) : known.row.epoch;
    const { name, column } = this.clients;
    const set = this.clients.assignments({ ...taken.set, epoch });
    yield sql`update ${name} set ${set} where ${column.id} = ${id}`;
    if (taken.movesEpoch) yield* this.revocations.write('client', id, known.now, epoch);
    const { rows } =
      yield sql`select ${this.clients.columnsOf('c')} from ${name} c where c.${column.id} = ${id}`;
    return clientOfRow(this.clients.read(rows[0]!));
  }

  /** The client, locked until the transaction ends, and the clock under the lock. */
  private *locked(id: string): SqlTransaction<{ row: ServiceClientRow; now: number } | null> {
    const { name, column } = this.clients;
    const { forUpdate, nowMs } = this.database.dialect;
    const { rows } = yield sql`select ${this.clients.columnsOf('c')} from ${name} c
      where c.${column.id} = ${id}${forUpdate}`;
    const row = rows[0] && clientOfRow(this.clients.read(rows[0]));
    if (row?.id !== id) return null;
    // A statement of its own: one that waited for the lock tells the time before its wait.
    const clock = yield sql`select ${nowMs} as now`;
    return { row, now: Number(clock.rows[0]!['now']) };
  }

  spend(spent: SpentId): Promise<boolean> {
    const nonce = freshNonce();
    return this.revocations.transaction(() => this.spending(spent, nonce));
  }

  /** MariaDB counts a row that was found for one that was written: so who wrote it is read. */
  private *spending(spent: SpentId, nonce: string): SqlTransaction<boolean> {
    const { name, column } = this.spent;
    const { dialect } = this.database;
    const id = spentIdHash(spent);
    const insert = sql`insert into ${name} (${column.id}, ${column.nonce}, ${column.expiresAt})
      values (${id}, ${nonce}, ${dialect.nowMs} + ${Math.ceil(spent.lifeMs)})`;
    yield dialect.insertIfAbsent(insert, column.id);
    const { rows } = yield sql`select ${column.nonce} as nonce from ${name} where ${column.id} = ${id}`;
    return rows[0]?.['nonce'] === nonce;
  }

  async revokeToken(client: string, jti: string, lifeMs: number): Promise<void> {
    const nonce = freshNonce();
    await this.revocations.transaction(() =>
      this.revoking({ purpose: REVOKED_TOKEN, client, jti, lifeMs }, nonce),
    );
  }

  private *revoking(spent: SpentId, nonce: string): SqlTransaction<void> {
    if (yield* this.spending(spent, nonce)) yield* this.revocations.writeNow('token', spent.jti);
  }

  async status(client: string, jti: string): Promise<ServiceTokenRecord> {
    const { clients, spent } = this;
    const id = spentIdHash({ purpose: REVOKED_TOKEN, client, jti });
    const { rows } = await this.database.run(sql`select c.${clients.column.id} as client,
      c.${clients.column.epoch} as epoch, c.${clients.column.disabledAt} as disabled_at,
      ${this.globalEpoch} as global_epoch_now, t.${spent.column.id} as revoked
      from (select 1 as one) n
      left join ${clients.name} c on c.${clients.column.id} = ${client}
      left join ${spent.name} t on t.${spent.column.id} = ${id}`);
    const row = rows[0]!;
    const known = row['client'] === client && row['disabled_at'] === null;
    return {
      clientEpochNow: known ? Number(row['epoch']) : null,
      globalEpochNow: Number(row['global_epoch_now']),
      revoked: row['revoked'] !== null,
    };
  }

  async sweep(limit: number): Promise<number> {
    const { name, column } = this.spent;
    const { dialect } = this.database;
    return (await this.database.run(dialect.deletePast(name, column.id, column.expiresAt, limit))).affected;
  }
}

function freshNonce(): string {
  return randomBytes(16).toString('hex');
}
