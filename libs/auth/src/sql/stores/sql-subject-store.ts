import type { SqlDatabase, SqlTransaction } from '../database/sql-database.js';
import type { SqlTable } from '../database/sql-table.js';
import { type Sql, sql } from '../database/sql.js';
import { StoreUnavailableError } from '../../errors/auth-error.js';
import { SUBJECTS, type SubjectColumns, GLOBAL_SUBJECT } from '../tables/subject.table.js';
import { type SubjectEpochs, SubjectStore, type SubjectVersions } from '../../subjects/subject-store.js';

/** SubjectStore in SQL; its generators are parts of other stores' transactions. */
export class SqlSubjectStore extends SubjectStore {
  private readonly subjects: SqlTable<SubjectColumns>;

  constructor(private readonly database: SqlDatabase) {
    super();
    this.subjects = database.table(SUBJECTS);
  }

  async find(subject: string): Promise<SubjectVersions | null> {
    const { name, column } = this.subjects;
    const { rows } = await this.database.run(sql`select ${column.epoch} as epoch,
      ${column.credentialVersion} as credential_version, ${this.globalEpoch()} as global_epoch_now from ${name} where ${column.subject} = ${this.key(subject)}`);
    const row = rows[0];
    if (!row) return null;
    return {
      subject,
      epoch: Number(row['epoch']),
      globalEpoch: Number(row['global_epoch_now']),
      credentialVersion: Number(row['credential_version']),
    };
  }

  async epochs(subject: string): Promise<SubjectVersions> {
    const known = await this.find(subject);
    if (known) return known;
    await this.database.run(this.insertIfAbsent(subject));
    const made = await this.find(subject);
    if (!made) throw new StoreUnavailableError({ cause: new Error('the subject was erased meanwhile') });
    return made;
  }

  /** Whether the epoch is still the one given: the row stays locked until the transaction ends. */
  *holds(
    epochs: SubjectEpochs,
    lock: 'shared' | 'exclusive',
  ): SqlTransaction<{ held: boolean; now: number }> {
    const { name, column } = this.subjects;
    const { nowMs, forShare, forUpdate } = this.database.dialect;
    const locked = lock === 'exclusive' ? forUpdate : forShare;
    const { rows } = yield sql`select ${column.epoch} as epoch, ${nowMs} as now from ${name}
      where ${column.subject} = ${this.key(epochs.subject)}${locked}`;
    const row = rows[0];
    return { held: row !== undefined && Number(row['epoch']) === epochs.epoch, now: Number(row?.['now']) };
  }

  /**
   * Moves an epoch to greatest(epoch + 1, the database's clock), so that a restored backup does not repeat values.
   * The row is locked from here on: the first thing that any transaction does which ends or changes a subject. A change of
   * credentials moves their version in the same way.
   */
  *advance(
    subject: string,
    change: 'subject' | 'credentials' = 'subject',
  ): SqlTransaction<{ epoch: number; now: number }> {
    const { name, column } = this.subjects;
    const { nowMs, greatest } = this.database.dialect;
    const key = this.key(subject);
    const moved = (version: Sql): Sql => sql`${version} = ${greatest}(${version} + 1, ${nowMs})`;
    const credentials = change === 'credentials' ? sql`, ${moved(column.credentialVersion)}` : sql``;
    const move = sql`update ${name} set ${moved(column.epoch)}${credentials} where ${column.subject} = ${key}`;
    const { affected } = yield move;
    if (affected === 0) {
      // Another transaction may insert the row at the same time and be read first: the epoch moves all the same.
      yield this.insertIfAbsent(subject);
      yield move;
    }
    const { rows } = yield sql`select ${column.epoch} as epoch, ${nowMs} as now from ${name}
      where ${column.subject} = ${key}${this.database.dialect.forUpdate}`;
    return { epoch: Number(rows[0]!['epoch']), now: Number(rows[0]!['now']) };
  }

  /** Erases the subject's row. */
  *erase(subject: string): SqlTransaction<void> {
    yield sql`delete from ${this.subjects.name} where ${this.subjects.column.subject} = ${this.key(subject)}`;
  }

  /** Locks the subject's row, when it has one: its epoch. */
  *lock(subject: string): SqlTransaction<number | null> {
    const { name, column } = this.subjects;
    const { rows } =
      yield sql`select ${column.epoch} as epoch from ${name} where ${column.subject} = ${this.key(subject)}${this.database.dialect.forUpdate}`;
    return rows[0] ? Number(rows[0]['epoch']) : null;
  }

  /** Locks the subject's row, and makes it first when there is none. */
  *lockOrMake(subject: string): SqlTransaction<void> {
    if ((yield* this.lock(subject)) !== null) return;
    yield this.insertIfAbsent(subject);
    yield* this.lock(subject);
  }

  /** The global epoch, as a scalar subquery. */
  globalEpoch(): Sql {
    const { name, column } = this.subjects;
    return sql`coalesce((select g.${column.epoch} from ${name} g where g.${column.subject} = ${GLOBAL_SUBJECT}), 0)`;
  }

  /** The epoch of the subject in another table's column, as a scalar subquery; null when it has no row. */
  epochOf(subjectColumn: Sql): Sql {
    const { name, column } = this.subjects;
    return sql`(select s.${column.epoch} from ${name} s where s.${column.subject} = ${subjectColumn})`;
  }

  /**
   * The version of a subject's credentials, as a scalar subquery; 0 when it has no row. `subject`: an id, or a column that
   * holds one as our tables write it.
   */
  credentialVersion(subject: string | Sql): Sql {
    const { name, column } = this.subjects;
    const key = typeof subject === 'string' ? sql`${this.key(subject)}` : subject;
    return sql`coalesce((select v.${column.credentialVersion} from ${name} v where v.${column.subject} = ${key}), 0)`;
  }

  private insertIfAbsent(subject: string): Sql {
    const { name, column } = this.subjects;
    const { dialect } = this.database;
    const insert = sql`insert into ${name} (${column.subject}, ${column.epoch}) values (${this.key(subject)}, ${dialect.nowMs})`;
    return dialect.insertIfAbsent(insert, column.subject);
  }

  private key(subject: string): string {
    return this.subjects.value('subject', subject) as string;
  }
}
