import { trustedSql, type Sql, sql, type SqlRow } from '../../../sql/database/sql.js';
import type { SqlDatabase, SqlTransaction } from '../../../sql/database/sql-database.js';
import { list, type SqlTable } from '../../../sql/database/sql-table.js';
import type { SqlAccess } from '../../../stores/feature-store.js';
import {
  type ActionPurpose,
  type ActionTokenReading,
  type ActionTokenRow,
  isUsable,
} from './action-token.js';
import {
  ActionTokenStore,
  type DueEnding,
  ENDING_GRACE_MS,
  MOST_LIVE,
  MOST_LIVE_OF_SUBJECT,
  NEVER_DUE,
  type NewActionToken,
  OWING_KEPT_MS,
} from './action-token-store.js';
import { ACTION_TOKENS } from './action-token.table.js';

/** ActionTokenStore in SQL. */
export class SqlActionTokenStore extends ActionTokenStore {
  private readonly tokens: SqlTable<ActionTokenRow>;
  private readonly database: SqlDatabase;
  private readonly credentialVersion: SqlAccess['credentialVersion'];
  private readonly lockSubject: SqlAccess['lockSubject'];

  constructor({
    database,
    credentialVersion,
    lockSubject,
  }: Pick<SqlAccess, 'database' | 'credentialVersion' | 'lockSubject'>) {
    super();
    this.database = database;
    this.credentialVersion = credentialVersion;
    this.lockSubject = lockSubject;
    this.tokens = database.table(ACTION_TOKENS);
  }

  create(token: NewActionToken, contextHashes: readonly string[] = []): Promise<boolean> {
    return this.database.transaction(() => this.creating(token, contextHashes));
  }

  private *creating(token: NewActionToken, contextHashes: readonly string[]): SqlTransaction<boolean> {
    const { name, column: c } = this.tokens;
    const { nowMs } = this.database.dialect;
    const { lifetimeMs, ...row } = token;
    const subject = this.tokens.value('subject', token.subject);
    if (token.binding === null) {
      yield* this.lockSubject(token.subject);
      const { askerHash } = token;
      const sameAsker = askerHash === null ? sql`${c.askerHash} is null` : sql`${c.askerHash} = ${askerHash}`;
      const others =
        contextHashes.length === 0
          ? sql``
          : sql` and (${c.contextHash} is null or ${c.contextHash} not in (${list(contextHashes)}))`;
      const held = yield sql`select count(*) as held from ${name} where ${c.subject} = ${subject}
        and ${c.binding} is not null and ${c.endingDue} is not null and ${c.expiresAt} > ${nowMs}${others}`;
      if (Number(held.rows[0]!['held']) > 0) return false;
      const { rows } = yield sql`select count(*) as live, count(case when ${sameAsker} then 1 end) as own
        from ${name} where ${c.subject} = ${subject} and ${c.purpose} = ${token.purpose}
        and ${c.spentAt} is null and ${c.expiresAt} > ${nowMs}
        and ${c.credentialVersion} = ${this.credentialVersion(token.subject)}`;
      const { live, own } = rows[0]!;
      if (Number(own) >= MOST_LIVE || Number(live) >= MOST_LIVE_OF_SUBJECT) return false;
    }
    const version = token.binding === null ? this.credentialVersion(token.subject) : sql`null`;
    yield sql`insert into ${name} (${c.id}, ${c.purpose}, ${c.subject}, ${c.credentialVersion}, ${c.binding},
        ${c.contextHash}, ${c.secretHash}, ${c.kind}, ${c.askerHash}, ${c.createdAt}, ${c.expiresAt})
      values (${row.id}, ${row.purpose}, ${subject}, ${version}, ${row.binding},
        ${row.contextHash}, ${row.secretHash}, ${row.kind}, ${row.askerHash}, ${nowMs}, ${nowMs} + ${lifetimeMs})`;
    return true;
  }

  async find(id: string): Promise<ActionTokenReading | null> {
    const { rows } = await this.database.run(this.reading(sql`t.${this.tokens.column.id} = ${id}`));
    return rows[0] ? this.read(rows[0]) : null;
  }

  async ofAsker(purpose: ActionPurpose, askerHash: string): Promise<readonly ActionTokenReading[]> {
    const { column: c } = this.tokens;
    const newest = sql`t.${c.askerHash} = ${askerHash} and t.${c.purpose} = ${purpose} and t.${c.spentAt} is null
      order by t.${c.createdAt} desc, t.${c.id} desc limit ${trustedSql(String(MOST_LIVE))}`;
    return (await this.database.run(this.reading(newest))).rows.map((row) => this.read(row));
  }

  redeem(id: string, owesEnding: boolean): Promise<boolean> {
    return this.database.transaction(() => this.redeeming(id, owesEnding));
  }

  /** All tokens that may end are locked first, in one order, so that two redeems of a subject cannot wait for each other. */
  private *redeeming(id: string, owesEnding: boolean): SqlTransaction<boolean> {
    const { name, column: c } = this.tokens;
    const { nowMs, forUpdate } = this.database.dialect;
    const found = yield this.reading(sql`t.${c.id} = ${id}`);
    if (!found.rows[0]) return false;
    const reading = this.read(found.rows[0]);
    if (!isUsable(reading)) return false;
    const { purpose, binding, createdAt } = reading.row;
    const subject = this.tokens.value('subject', reading.row.subject);
    const ofSubject = sql`${c.subject} = ${subject} and ${c.spentAt} is null`;
    // A rescue and what is asked for beside it come one after the other: its end of all tokens reaches every one.
    if (binding !== null) yield* this.lockSubject(reading.row.subject);
    const sharing = binding === null ? sql`${ofSubject} and ${c.purpose} = ${purpose}` : ofSubject;
    yield sql`select ${c.id} as id from ${name} where ${sharing} order by ${c.id}${forUpdate}`;
    const owes = owesEnding
      ? sql`, ${c.endingDue} = ${nowMs} + ${ENDING_GRACE_MS}, ${c.expiresAt} = ${nowMs} + ${OWING_KEPT_MS}`
      : sql``;
    // What was read may have changed before the lock.
    const { affected } = yield sql`update ${name} set ${c.spentAt} = ${nowMs}${owes}
      where ${c.id} = ${id} and ${c.spentAt} is null and ${c.expiresAt} > ${nowMs}
      and (${c.credentialVersion} is null or ${c.credentialVersion} = ${this.credentialVersion(reading.row.subject)})`;
    if (affected !== 1) return false;
    if (binding === null) yield sql`update ${name} set ${c.spentAt} = ${nowMs} where ${sharing}`;
    else {
      yield sql`update ${name} set ${c.spentAt} = ${nowMs} where ${ofSubject} and ${c.binding} is null`;
      yield sql`update ${name} set ${c.spentAt} = coalesce(${c.spentAt}, ${nowMs}), ${c.endingDue} = null
        where ${c.subject} = ${subject} and ${c.binding} is not null and ${c.createdAt} > ${createdAt}
        and (${c.spentAt} is null or ${c.endingDue} is not null)`;
    }
    return true;
  }

  async reopen(id: string, isDue: boolean): Promise<void> {
    const { name, column: c } = this.tokens;
    const waits = isDue ? sql`` : sql`, ${c.endingDue} = ${NEVER_DUE}`;
    await this.database.run(sql`update ${name} set ${c.spentAt} = null${waits}
      where ${c.id} = ${id} and ${c.binding} is not null and ${c.endingDue} is not null`);
  }

  async settle(id: string): Promise<void> {
    const { name, column: c } = this.tokens;
    await this.database.run(sql`update ${name} set ${c.endingDue} = null where ${c.id} = ${id}`);
  }

  async endAll(subject: string, purposes: readonly ActionPurpose[]): Promise<number> {
    const { name, column: c } = this.tokens;
    let ended = 0;
    for (const purpose of purposes) {
      const { affected } = await this.database
        .run(sql`update ${name} set ${c.spentAt} = ${this.database.dialect.nowMs}
        where ${c.subject} = ${this.tokens.value('subject', subject)} and ${c.purpose} = ${purpose}
        and ${c.spentAt} is null and ${c.binding} is null`);
      ended += affected;
    }
    return ended;
  }

  async due(limit: number): Promise<readonly DueEnding[]> {
    const { name, column: c } = this.tokens;
    const { nowMs } = this.database.dialect;
    const { rows } = await this.database.run(sql`select ${this.tokens.columnsOf('t')} from ${name} t
      where t.${c.endingDue} <= ${nowMs} order by t.${c.endingDue} limit ${trustedSql(String(Math.trunc(limit)))}`);
    const claimed: DueEnding[] = [];
    for (const { id, purpose, subject, contextHash, endingDue } of rows.map((row) => this.tokens.read(row))) {
      // The sweeper of another node may have taken it.
      const { affected } = await this.database
        .run(sql`update ${name} set ${c.endingDue} = ${nowMs} + ${ENDING_GRACE_MS},
        ${c.spentAt} = coalesce(${c.spentAt}, ${nowMs})
        where ${c.id} = ${id} and ${c.endingDue} = ${endingDue}`);
      if (affected === 1) claimed.push({ id, purpose, subject, contextHash });
    }
    return claimed;
  }

  async sweep(limit: number): Promise<number> {
    const { name, column: c } = this.tokens;
    return (await this.database.run(this.database.dialect.deletePast(name, c.id, c.expiresAt, limit)))
      .affected;
  }

  private reading(where: Sql): Sql {
    const { name, column: c } = this.tokens;
    return sql`select ${this.tokens.columnsOf('t')}, ${this.database.dialect.nowMs} as now,
      ${this.credentialVersion(sql`t.${c.subject}`)} as credential_version_now from ${name} t where ${where}`;
  }

  private read(row: SqlRow): ActionTokenReading {
    return {
      row: this.tokens.read(row),
      now: Number(row['now']),
      credentialVersionNow: Number(row['credential_version_now']),
    };
  }
}
