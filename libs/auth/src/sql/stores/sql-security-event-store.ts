import type { SqlDatabase, SqlTransaction } from '../database/sql-database.js';
import type { SqlTable } from '../database/sql-table.js';
import { type Sql, sql } from '../database/sql.js';
import { subjectKey } from '../../subjects/subject-key.js';
import { SECURITY_EVENTS } from '../tables/security-event.table.js';
import {
  type EventPosition,
  type SecurityEventRecord,
  SecurityEventStore,
} from '../../audit/security-event-store.js';

/** SecurityEventStore in SQL. */
export class SqlSecurityEventStore extends SecurityEventStore {
  private readonly events: SqlTable<SecurityEventRecord>;

  constructor(
    private readonly database: SqlDatabase,
    private readonly retentionMs: number,
  ) {
    super();
    this.events = database.table(SECURITY_EVENTS);
  }

  async now(): Promise<number> {
    const { rows } = await this.database.run(sql`select ${this.database.dialect.nowMs} as now`);
    return Number(rows[0]!['now']);
  }

  async append(records: readonly SecurityEventRecord[]): Promise<void> {
    if (records.length === 0) return;
    const { name, column: c } = this.events;
    const columns = sql`${c.id}, ${c.type}, ${c.at}, ${c.subject}, ${c.signInId}, ${c.reason}, ${c.ip}, ${c.userAgent}, ${c.detail}`;
    const rows = records.map((record) => this.valuesOf(record)).reduce((all, row) => sql`${all}, ${row}`);
    await this.database.run(
      this.database.dialect.insertIfAbsent(sql`insert into ${name} (${columns}) values ${rows}`, c.id),
    );
  }

  async list(
    subject: string,
    limit: number,
    before: EventPosition | null,
  ): Promise<readonly SecurityEventRecord[]> {
    const { name, column: c } = this.events;
    // Said twice: the range that the index is read from, and what of its first instant was on the page before.
    const older = before
      ? sql` and t.${c.at} <= ${before.at} and (t.${c.at} < ${before.at} or t.${c.id} < ${before.id})`
      : sql``;
    const { rows } = await this.database
      .run(sql`select ${this.events.columnsOf('t')} from ${name} t where t.${c.subject} = ${subjectKey(subject)}${older}
      order by t.${c.at} desc, t.${c.id} desc limit ${limit}`);
    return rows.map((row) => this.events.read(row));
  }

  async erase(subject: string): Promise<void> {
    await this.database.transaction(() => this.erasing(subject));
  }

  /** The same, as a part of the transaction that forgets the subject. */
  *erasing(subject: string): SqlTransaction<void> {
    const { name, column } = this.events;
    yield sql`delete from ${name} where ${column.subject} = ${subjectKey(subject)}`;
  }

  async sweep(limit: number): Promise<number> {
    const { name, column } = this.events;
    const statement = this.database.dialect.deletePast(name, column.id, column.at, limit, this.retentionMs);
    return (await this.database.run(statement)).affected;
  }

  private valuesOf({
    id,
    type,
    subject,
    signInId,
    reason,
    ip,
    userAgent,
    detail,
    at,
  }: SecurityEventRecord): Sql {
    const { events } = this;
    return sql`(${id}, ${type}, ${at}, ${events.value('subject', subject)}, ${signInId}, ${reason}, ${ip}, ${userAgent}, ${events.value('detail', detail)})`;
  }
}
