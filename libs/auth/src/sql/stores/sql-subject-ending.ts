import type { SqlDatabase, SqlTransaction } from '../database/sql-database.js';
import type { SqlTable } from '../database/sql-table.js';
import { type Sql, sql } from '../database/sql.js';
import { FAMILIES } from '../tables/refresh-token-family.table.js';
import type { RevocationWriter } from './revocation-writer.js';
import { SESSIONS } from '../tables/session.table.js';
import { subjectKey } from '../../subjects/subject-key.js';
import type { SqlSubjectStore } from './sql-subject-store.js';

interface SignInTable {
  id: string;
  subject: string;
  revokedAt: number | null;
  revokedReason: string | null;
}

const MOVED_JUST_NOW_MS = 1_000;

/** How everything of a subject ends, as a part of transactions: epoch, sessions, families, revocations, in this order of locks. */
export class SqlSubjectEnding {
  private readonly tables: readonly SqlTable<SignInTable>[];
  /** What features add. */
  private readonly additions: ((subject: string) => SqlTransaction<void>)[] = [];

  constructor(
    private readonly database: SqlDatabase,
    private readonly subjects: SqlSubjectStore,
    private readonly revocations: RevocationWriter,
    /** Erases what else is kept of a subject. */
    private readonly erasingEvents: ((subject: string) => SqlTransaction<void>) | null,
  ) {
    this.tables = [database.table(SESSIONS), database.table(FAMILIES)] as unknown as SqlTable<SignInTable>[];
  }

  /** Adds statements to every transaction that ends sign-ins of a whole subject; the empty one: of everybody. */
  add(body: (subject: string) => SqlTransaction<void>): void {
    this.additions.push(body);
  }

  /** What features added. The row that was locked first is the subject's. */
  *alsoEnding(subject: string): SqlTransaction<void> {
    for (const body of this.additions) yield* body(subject);
  }

  /** Moves the subject's epoch, and the version of its credentials when these change, and says so. */
  *changing(subject: string, change?: 'credentials'): SqlTransaction<number> {
    const { epoch, now } = yield* this.subjects.advance(subject, change);
    yield* this.revocations.write('subject_stale', subjectKey(subject), now, epoch);
    return epoch;
  }

  *ending(subject: string, reason: string, except?: string): SqlTransaction<number> {
    if (except !== undefined && (yield* this.changesNothing(subject, except))) {
      yield* this.alsoEnding(subject);
      return 0;
    }
    yield* this.changing(subject);
    return yield* this.endingSignIns(subject, reason, except);
  }

  /**
   * Whether ending all sign-ins but one would end none, of a subject whose epoch moved a moment ago: a user who stays
   * signed in could otherwise write revocations without end. The subject's row is locked from here on.
   */
  private *changesNothing(subject: string, except: string): SqlTransaction<boolean> {
    const epoch = yield* this.subjects.lock(subject);
    if (epoch === null) return false;
    const counts = this.tables.map(
      ({ name, column: c }) =>
        sql`(select count(*) from ${name} where ${c.subject} = ${subjectKey(subject)} and ${c.revokedAt} is null and ${c.id} <> ${except})`,
    );
    // After the wait for the lock, in which the epoch may have moved.
    const { rows } =
      yield sql`select ${this.database.dialect.nowMs} as now, ${counts[0]!} as sessions, ${counts[1]!} as families`;
    const { now, sessions, families } = rows[0]!;
    return Number(now) - epoch < MOVED_JUST_NOW_MS && Number(sessions) + Number(families) === 0;
  }

  /** Ends the sign-ins alone: the subject's row is locked by the caller. */
  *endingSignIns(subject: string, reason: string, except?: string): SqlTransaction<number> {
    let ended = 0;
    for (const table of this.tables) ended += yield* this.endingIn(table, subject, reason, except);
    yield* this.alsoEnding(subject);
    return ended;
  }

  *erasing(subject: string): SqlTransaction<void> {
    for (const { name, column } of this.tables) {
      yield sql`delete from ${name} where ${column.subject} = ${subjectKey(subject)}`;
    }
    if (this.erasingEvents) yield* this.erasingEvents(subject);
  }

  private *endingIn(
    { name, column: c }: SqlTable<SignInTable>,
    subject: string,
    reason: string,
    except: string | undefined,
  ): SqlTransaction<number> {
    const { nowMs, forUpdate } = this.database.dialect;
    const spared: Sql = except === undefined ? sql`` : sql` and ${c.id} <> ${except}`;
    const live = sql`${c.subject} = ${subjectKey(subject)} and ${c.revokedAt} is null${spared}`;
    // Locked first and by id, so that the revocation and the update that follow see the very same rows.
    const { rows } = yield sql`select ${c.id} as id from ${name} where ${live} order by ${c.id}${forUpdate}`;
    if (rows.length === 0) return 0;
    const ids = rows.map((row) => row['id'] as string);
    yield* this.revocations.writeEach(ids, { select: c.id, from: sql`from ${name} where ${live}` });
    const { affected } =
      yield sql`update ${name} set ${c.revokedAt} = ${nowMs}, ${c.revokedReason} = ${reason} where ${live}`;
    return affected;
  }
}
