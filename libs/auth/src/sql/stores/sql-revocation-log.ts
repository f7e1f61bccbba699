import type { SqlDatabase } from '../database/sql-database.js';
import { type SqlTable, list } from '../database/sql-table.js';
import { type Sql, sql, type SqlRow, trustedSql } from '../database/sql.js';
import type { RevocationEvent } from '../../revocation/revocation-event.js';
import { RevocationLog, type RevocationLogReading } from '../../revocation/revocation-log.js';
import { REVOCATIONS } from '../tables/revocation.table.js';

const MANY = 1_000;
const LIMITS = [100, 1_000, 5_000];

/**
 * RevocationLog in SQL: autocommit statements on the primary, each by the primary key alone. A condition on another
 * column, or an outer join, lets planners sort the whole table for a page.
 */
export class SqlRevocationLog extends RevocationLog {
  private readonly revocations: SqlTable<RevocationEvent>;

  constructor(
    private readonly database: SqlDatabase,
    /** The subject of a value in its column form. */
    private readonly subjectOf: (key: string) => string,
  ) {
    super();
    this.revocations = database.table(REVOCATIONS);
  }

  async readAfter(after: number, limit: number): Promise<RevocationLogReading> {
    const { id } = this.revocations.column;
    // As text: a plan for any limit may read the whole table. Of few texts: a database may keep the plan of each.
    const most = LIMITS.find((one) => one >= limit) ?? Math.trunc(limit);
    const { revocations, now } = await this.read(
      sql`r.${id} > ${after} order by r.${id} limit ${trustedSql(String(most))}`,
    );
    return { revocations: revocations.slice(0, limit), now };
  }

  readOf(ids: readonly number[]): Promise<RevocationLogReading> {
    const { id } = this.revocations.column;
    return this.read(sql`r.${id} in (${list(padded(ids))}) order by r.${id}`);
  }

  private async read(which: Sql): Promise<RevocationLogReading> {
    const clock = sql`(select ${this.database.dialect.nowMs} as now) n`;
    const { name } = this.revocations;
    const { rows } = await this.database.run(
      sql`select n.now as now, ${this.revocations.columnsOf('r')} from ${name} r cross join ${clock} where ${which}`,
    );
    // SQLite answers in this turn of the event loop: others have theirs between two pages.
    if (rows.length >= MANY) await new Promise((next) => setImmediate(next));
    const time = rows[0] ?? (await this.database.run(sql`select n.now as now from ${clock}`)).rows[0]!;
    return { revocations: rows.map((row) => this.revocation(row)), now: Number(time['now']) };
  }

  private revocation(row: SqlRow): RevocationEvent {
    const { id, kind, value, epoch, createdAt, expiresAt } = this.revocations.read(row);
    const plain = kind === 'subject_stale' ? this.subjectOf(value) : value;
    return { id: Number(id), kind, value: plain, epoch, createdAt, expiresAt };
  }
}

/** The ids, the last one again until there are 1, 8, 64, ...: a database that keeps the plans of texts sees few of them. */
function padded(ids: readonly number[]): readonly number[] {
  let size = 1;
  while (size < ids.length) size *= 8;
  return Array.from({ length: size }, (_, i) => ids[Math.min(i, ids.length - 1)]!);
}
