import { AsyncLocalStorage } from 'node:async_hooks';
import type {
  SqlDatabase,
  HostTransaction,
  SqlTransaction,
  TransactionRules,
} from '../database/sql-database.js';
import type { SqlTable } from '../database/sql-table.js';
import { type Sql, sql, trustedSql } from '../database/sql.js';
import type {
  RevocationEvent,
  RevocationEventKind,
  OwnRevocationEvent,
} from '../../revocation/revocation-event.js';
import { REVOCATIONS } from '../tables/revocation.table.js';

/** Of these the newest says all that the ones before it said; of the others each says something of its own. */
const REPLACING: ReadonlySet<RevocationEventKind> = new Set([
  'sign_in_changed',
  'subject_stale',
  'everything',
  'client',
  'keys',
]);
/** Usually there is one. More are left by transactions of the application on MariaDB. */
const REPLACED_AT_ONCE = 5;

/**
 * What a writer's transaction under way has written; nothing in one of the application's. One for all writers of the process:
 * up to Node.js 22 each AsyncLocalStorage that was ever used makes every promise of the process dearer, for as long as it lives.
 */
const underWay = new AsyncLocalStorage<{
  readonly writer: RevocationWriter;
  readonly written: OwnRevocationEvent[];
}>();

/** Ends nothing else. */
function* nothing(): SqlTransaction<void> {}

/** Gets the revocations of a committed transaction of ours; an empty list: a transaction of the application's has written some. */
export type OwnRevocationsListener = (revocations: readonly OwnRevocationEvent[]) => void;

/** Writes rows of the revocation feed, as parts of the transactions that make the changes. */
export class RevocationWriter {
  /** Called with the revocations of each transaction of ours, once it is committed. */
  listener: OwnRevocationsListener = () => undefined;
  /** Runs in the transaction that ended these sign-ins by themselves, not with their whole subject: ends what ends with them. */
  afterEnd: (ids: readonly string[]) => SqlTransaction<void> = nothing;
  private readonly revocations: SqlTable<RevocationEvent>;

  constructor(
    private readonly database: SqlDatabase,
    /** The subject of a value in its column form. */
    private readonly subjectOf: (key: string) => string,
    /** How long a row is of use: longer than any access token or cached record it may concern. */
    readonly lifeMs: number,
    /** The channel that PostgreSQL notifies at commit, quoted as text; null: none. */
    private readonly channel: Sql | null = null,
  ) {
    this.revocations = database.table(REVOCATIONS);
  }

  /** A transaction of the database that may write revocations: the listener gets them when it has committed. */
  async transaction<T>(body: () => SqlTransaction<T>, rules?: TransactionRules): Promise<T> {
    const written: OwnRevocationEvent[] = [];
    const value = await underWay.run({ writer: this, written }, () =>
      this.database.transaction(() => {
        // What a try has written that was rolled back is not said.
        written.length = 0;
        return body();
      }, rules),
    );
    if (written.length > 0) this.listener(written);
    return value;
  }

  /** The same within a transaction that the application commits. */
  async within<T>(host: HostTransaction, body: () => SqlTransaction<T>): Promise<T> {
    const value = await this.database.within(host, body);
    this.listener([]);
    return value;
  }

  /** The caller holds the lock of the row that changed, so no other transaction replaces the same revocation. */
  *write(
    kind: RevocationEventKind,
    value: string,
    now: number,
    epoch: number | null = null,
  ): SqlTransaction<void> {
    yield* this.replacing(kind, value);
    const expiresAt = now + this.lifeMs;
    yield this.notifying(this.revocations.insert({ kind, value, epoch, createdAt: now, expiresAt }));
    this.note(kind, value, epoch);
    if (kind === 'sign_in') yield* this.afterEnd([value]);
  }

  /** The same, by the database's clock at this statement. */
  *writeNow(kind: RevocationEventKind, value: string): SqlTransaction<void> {
    yield* this.replacing(kind, value);
    const { name, column } = this.revocations;
    const { nowMs } = this.database.dialect;
    yield this.notifying(sql`insert into ${name} (${column.kind}, ${column.value}, ${column.createdAt},
      ${column.expiresAt}) values (${kind}, ${value}, ${nowMs}, ${nowMs} + ${this.lifeMs})`);
    this.note(kind, value, null);
    if (kind === 'sign_in') yield* this.afterEnd([value]);
  }

  /** One `sign_in` row for each id, which a SELECT finds again. */
  *writeEach(ids: readonly string[], found: { select: Sql; from: Sql }): SqlTransaction<void> {
    const { name, column } = this.revocations;
    const { nowMs } = this.database.dialect;
    // Constants as text: PostgreSQL takes a bound value in a select list for text.
    const life = trustedSql(String(this.lifeMs));
    yield this.notifying(sql`insert into ${name} (${column.kind}, ${column.value}, ${column.createdAt},
      ${column.expiresAt}) select 'sign_in', ${found.select}, ${nowMs}, ${nowMs} + ${life} ${found.from}`);
    for (const id of ids) this.note('sign_in', id, null);
  }

  private get written(): OwnRevocationEvent[] | undefined {
    const transaction = underWay.getStore();
    return transaction?.writer === this ? transaction.written : undefined;
  }

  private note(kind: RevocationEventKind, value: string, epoch: number | null): void {
    const plain = kind === 'subject_stale' ? this.subjectOf(value) : value;
    this.written?.push({ kind, value: plain, epoch, lifeMs: this.lifeMs });
  }

  /**
   * Deletes the revocation that the next one replaces. The next one gets a new, greater id, which every reader is still to
   * reach: a row that is changed in its place keeps its id, and a reader past that id does not read it again.
   */
  private *replacing(kind: RevocationEventKind, value: string): SqlTransaction<void> {
    if (!REPLACING.has(kind)) return;
    const { name, column: c } = this.revocations;
    const { dialect } = this.database;
    const most = trustedSql(String(REPLACED_AT_ONCE));
    // Those that have expired are left to the sweep, which may hold them.
    const which = sql`select ${c.id} from ${name} where ${c.value} = ${value} and ${c.kind} = ${kind}
      and ${c.expiresAt} > ${dialect.nowMs} limit ${most}`;
    if (dialect.name === 'postgres') yield sql`delete from ${name} where ${c.id} = any(array(${which}))`;
    else if (dialect.name === 'sqlite') yield sql`delete from ${name} where ${c.id} in (${which})`;
    // MariaDB and MySQL lock what a DELETE looks at, and at REPEATABLE READ, the application's default, what lies beside
    // it too: others would wait for the application's commit. So there a row more is left for the next revocation.
    else if (this.written) {
      const { rows } = yield which;
      for (const row of rows) yield sql`delete from ${name} where ${c.id} = ${Number(Object.values(row)[0])}`;
    }
  }

  /** The same statement, with a notification that comes with the commit of its transaction. */
  private notifying(insert: Sql): Sql {
    // As text: a host's transaction may not know the type `void`; Prisma's does not.
    return this.channel
      ? sql`with revocation as (${insert}) select pg_notify(${this.channel}, '')::text`
      : insert;
  }
}
