import type { SqlDatabase, SqlTransaction } from '../database/sql-database.js';
import { type SqlTable, list } from '../database/sql-table.js';
import { sql } from '../database/sql.js';
import { FAMILIES } from '../tables/refresh-token-family.table.js';
import type { RevocationWriter } from '../stores/revocation-writer.js';
import { SESSIONS } from '../tables/session.table.js';
import { type SignInLimit, type CountedSignIn, evictionsFor } from '../../subjects/sign-in-limit.js';
import { subjectKey } from '../../subjects/subject-key.js';
import type { SubjectEpochs } from '../../subjects/subject-store.js';

interface SignInTable extends CountedSignIn {
  subject: string;
  revokedReason: string | null;
}
interface Counted extends CountedSignIn {
  readonly table: SqlTable<SignInTable>;
  readonly now: number;
}

/** Ids in one statement: few texts, and far from any driver's limit of values. */
const AT_ONCE = 500;

/** How room is made for one more sign-in, as a part of transactions: the subject's row is locked by the caller. */
export class SqlConcurrentSignIns {
  private readonly tables: readonly SqlTable<SignInTable>[];

  constructor(
    private readonly database: SqlDatabase,
    private readonly revocations: RevocationWriter,
  ) {
    this.tables = [database.table(SESSIONS), database.table(FAMILIES)] as unknown as SqlTable<SignInTable>[];
  }

  /** Ids of those that it ended, and the database's clock under their locks, where there was any row; null: no room. */
  *making(
    epochs: SubjectEpochs,
    limit: SignInLimit,
  ): SqlTransaction<{ ended: readonly string[]; now: number | null } | null> {
    const rows: Counted[] = [];
    for (const table of this.tables) rows.push(...(yield* this.locking(table, epochs.subject)));
    const now = rows.length === 0 ? null : Math.max(...rows.map((row) => row.now));
    const room = evictionsFor(rows, limit, epochs.globalEpoch, now ?? 0);
    if (!room) return null;
    for (const table of this.tables) {
      yield* this.ending(table, room.idledOut, 'idled_out');
      yield* this.ending(table, room.displaced, 'displaced');
    }
    return { ended: room.displaced.map(({ id }) => id), now };
  }

  /** Those that can still be live. A rotation or a touch waits from here on, and finds what was ended ended. */
  private *locking(table: SqlTable<SignInTable>, subject: string): SqlTransaction<Counted[]> {
    const { name, column: c } = table;
    const { nowMs, forUpdate } = this.database.dialect;
    const { rows } =
      yield sql`select ${c.id} as id, ${c.globalEpoch} as global_epoch, ${c.createdAt} as created_at,
      ${c.idleExpiresAt} as idle_expires_at, ${c.expiresAt} as expires_at, ${nowMs} as now from ${name}
      where ${c.subject} = ${subjectKey(subject)} and ${c.revokedAt} is null and ${c.expiresAt} > ${nowMs}
      order by ${c.id}${forUpdate}`;
    return rows.map((row) => ({
      table,
      id: row['id'] as string,
      globalEpoch: Number(row['global_epoch']),
      createdAt: Number(row['created_at']),
      idleExpiresAt: Number(row['idle_expires_at']),
      expiresAt: Number(row['expires_at']),
      revokedAt: null,
      now: Number(row['now']),
    }));
  }

  private *ending(
    table: SqlTable<SignInTable>,
    rows: readonly Counted[],
    reason: string,
  ): SqlTransaction<void> {
    const { name, column: c } = table;
    const ids = rows.filter((row) => row.table === table).map(({ id }) => id);
    for (let at = 0; at < ids.length; at += AT_ONCE) {
      const some = ids.slice(at, at + AT_ONCE);
      const these = sql`${c.id} in (${list(some)})`;
      yield* this.revocations.writeEach(some, { select: c.id, from: sql`from ${name} where ${these}` });
      yield sql`update ${name} set ${c.revokedAt} = ${this.database.dialect.nowMs}, ${c.revokedReason} = ${reason}
        where ${these}`;
      yield* this.revocations.afterEnd(some);
    }
  }
}
