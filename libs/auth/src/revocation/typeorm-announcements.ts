import type { AuthDatabase, SqlTransaction } from '../database/auth-database.js';
import type { EntityTable } from '../database/entity-table.js';
import { type Sql, sql, trustedSql } from '../database/sql.js';
import type { AnnouncementKind } from './announcement.js';
import { Revocation } from './revocation.entity.js';

/** Writes rows of the revocation feed, as parts of the transactions that make the changes they announce. */
export class TypeOrmAnnouncements {
  private readonly revocations: EntityTable<Revocation>;

  constructor(
    private readonly database: AuthDatabase,
    /** How long a row is of use: longer than any access token or cached record it may concern. */
    private readonly lifeMs: number,
    /** Whom PostgreSQL notifies at commit; null: nobody. Quoted already, as text. */
    private readonly channel: Sql | null = null,
  ) {
    this.revocations = database.table(Revocation);
  }

  *write(
    kind: AnnouncementKind,
    value: string,
    now: number,
    epoch: number | null = null,
  ): SqlTransaction<void> {
    const expiresAt = now + this.lifeMs;
    yield this.notifying(this.revocations.insert({ kind, value, epoch, createdAt: now, expiresAt }));
  }

  /** The same, by the database's clock at this statement. */
  *writeNow(kind: AnnouncementKind, value: string): SqlTransaction<void> {
    const { name, column } = this.revocations;
    const { nowMs } = this.database.dialect;
    yield this.notifying(sql`insert into ${name} (${column.kind}, ${column.value}, ${column.createdAt},
      ${column.expiresAt}) values (${kind}, ${value}, ${nowMs}, ${nowMs} + ${this.lifeMs})`);
  }

  /** One `sign_in` row for each id that a SELECT finds. */
  *writeEach(ids: { select: Sql; from: Sql }): SqlTransaction<void> {
    const { name, column } = this.revocations;
    const { nowMs } = this.database.dialect;
    // Constants as text: PostgreSQL takes a bound value in a select list for text.
    const life = trustedSql(String(this.lifeMs));
    yield this.notifying(sql`insert into ${name} (${column.kind}, ${column.value}, ${column.createdAt},
      ${column.expiresAt}) select 'sign_in', ${ids.select}, ${nowMs}, ${nowMs} + ${life} ${ids.from}`);
  }

  /** The same statement, with a notification that comes with the commit of its transaction. */
  private notifying(insert: Sql): Sql {
    return this.channel ? sql`with announced as (${insert}) select pg_notify(${this.channel}, '')` : insert;
  }
}
