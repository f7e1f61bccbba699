import type { AuthDatabase } from '../database/auth-database.js';
import { type EntityTable, list } from '../database/entity-table.js';
import { type Sql, sql, type SqlRow, trustedSql } from '../database/sql.js';
import type { Announcement } from './announcement.js';
import { AnnouncementLog, type AnnouncementReading } from './announcement-log.js';
import { Revocation } from './revocation.entity.js';

/** AnnouncementLog on TypeORM: one autocommit statement on the primary, which tells the clock even when nothing is there. */
export class TypeOrmAnnouncementLog extends AnnouncementLog {
  private readonly revocations: EntityTable<Revocation>;

  constructor(
    private readonly database: AuthDatabase,
    /** The subject of a value in its column form. */
    private readonly subjectOf: (key: string) => string,
  ) {
    super();
    this.revocations = database.table(Revocation);
  }

  readAfter(after: number, limit: number): Promise<AnnouncementReading> {
    // As text: a plan for any limit may read the whole table.
    return this.read(sql`r.${this.revocations.column.id} > ${after}`, trustedSql(String(Math.trunc(limit))));
  }

  readOf(ids: readonly number[]): Promise<AnnouncementReading> {
    const asked = padded(ids);
    return this.read(
      sql`r.${this.revocations.column.id} in (${list(asked)})`,
      trustedSql(String(asked.length + 1)),
    );
  }

  private async read(which: Sql, limit: Sql): Promise<AnnouncementReading> {
    const { name, column } = this.revocations;
    const { nowMs } = this.database.dialect;
    const { rows } = await this.database.run(sql`select n.now as now, ${this.revocations.columnsOf('r')}
      from (select ${nowMs} as now) n left join ${name} r on ${which} and r.${column.expiresAt} > ${nowMs}
      order by r.${column.id} limit ${limit}`);
    const announcements = rows.filter((row) => row['id'] !== null).map((row) => this.announcement(row));
    return { announcements, now: Number(rows[0]!['now']) };
  }

  private announcement(row: SqlRow): Announcement {
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
