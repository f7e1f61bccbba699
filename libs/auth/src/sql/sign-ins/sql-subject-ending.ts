import type { SqlDatabase, SqlTransaction } from '../database/sql-database.js';
import { list, type SqlTable } from '../database/sql-table.js';
import { sql } from '../database/sql.js';
import { FAMILIES } from '../tables/refresh-token-family.table.js';
import type { SqlAccess } from '../../stores/feature-store.js';
import type { RevocationWriter } from '../stores/revocation-writer.js';
import type { SqlLinkedSignIns } from './sql-linked-sign-ins.js';
import { SESSIONS } from '../tables/session.table.js';
import { subjectKey } from '../../subjects/subject-key.js';
import type { SqlSubjectStore } from '../stores/sql-subject-store.js';

type OnSubjectEnded = Parameters<SqlAccess['onSubjectEnded']>[0];

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
  private readonly additions: OnSubjectEnded[] = [];

  constructor(
    private readonly database: SqlDatabase,
    private readonly subjects: SqlSubjectStore,
    private readonly revocations: RevocationWriter,
    private readonly linked: SqlLinkedSignIns,
    /** Erases what else is kept of a subject. */
    private readonly erasingEvents: ((subject: string) => SqlTransaction<void>) | null,
  ) {
    this.tables = [database.table(SESSIONS), database.table(FAMILIES)] as unknown as SqlTable<SignInTable>[];
  }

  /** Adds statements to every transaction that ends sign-ins of a whole subject; the empty one: of everybody. */
  add(body: OnSubjectEnded): void {
    this.additions.push(body);
  }

  /** What features added. The row that was locked first is the subject's. */
  *alsoEnding(subject: string, spared: readonly string[] = []): SqlTransaction<void> {
    for (const body of this.additions) yield* body(subject, spared);
  }

  /** Moves the subject's epoch, and the version of its credentials when these change, and says so. */
  *changing(subject: string, change?: 'credentials'): SqlTransaction<number> {
    const { epoch, now } = yield* this.subjects.advance(subject, change);
    yield* this.revocations.write('subject_stale', subjectKey(subject), now, epoch);
    return epoch;
  }

  *ending(subject: string, reason: string, except?: string): SqlTransaction<number> {
    if (except !== undefined) {
      // The subject's row is locked from here on: no child is opened meanwhile.
      const epoch = yield* this.subjects.lock(subject);
      const spared = yield* this.linked.sparedWith(except);
      if (epoch !== null && (yield* this.changesNothing(subject, epoch, spared))) {
        yield* this.alsoEnding(subject, spared);
        return 0;
      }
    }
    yield* this.changing(subject);
    return yield* this.endingSignIns(subject, reason, except);
  }

  /**
   * Whether ending all sign-ins but one would end none, of a subject whose epoch moved a moment ago: a user who stays
   * signed in could otherwise write revocations without end. The subject's row is locked.
   */
  private *changesNothing(
    subject: string,
    epoch: number,
    spared: readonly string[],
  ): SqlTransaction<boolean> {
    const counts = this.tables.map(
      ({ name, column: c }) =>
        sql`(select count(*) from ${name} where ${c.subject} = ${subjectKey(subject)} and ${c.revokedAt} is null and ${c.id} not in (${list(spared)}))`,
    );
    // After the wait for the lock, in which the epoch may have moved.
    const { rows } =
      yield sql`select ${this.database.dialect.nowMs} as now, ${counts[0]!} as sessions, ${counts[1]!} as families`;
    const { now, sessions, families } = rows[0]!;
    return Number(now) - epoch < MOVED_JUST_NOW_MS && Number(sessions) + Number(families) === 0;
  }

  /** Ends the sign-ins alone: the subject's row is locked by the caller. */
  *endingSignIns(subject: string, reason: string, except?: string): SqlTransaction<number> {
    const spared = except === undefined ? [] : yield* this.linked.sparedWith(except);
    let ended = 0;
    for (const table of this.tables) ended += yield* this.endingIn(table, subject, reason, spared);
    yield* this.alsoEnding(subject, spared);
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
    spared: readonly string[],
  ): SqlTransaction<number> {
    const { nowMs, forUpdate } = this.database.dialect;
    const others = spared.length === 0 ? sql`` : sql` and ${c.id} not in (${list(spared)})`;
    const live = sql`${c.subject} = ${subjectKey(subject)} and ${c.revokedAt} is null${others}`;
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
