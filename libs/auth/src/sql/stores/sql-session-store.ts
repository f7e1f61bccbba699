import type { SqlDatabase, SqlTransaction } from '../database/sql-database.js';
import type { SqlTable } from '../database/sql-table.js';
import { type Sql, sql } from '../database/sql.js';
import type { RevocationWriter } from './revocation-writer.js';
import type { OpeningOutcome } from '../../subjects/opening-outcome.js';
import type { SqlOpening } from '../sign-ins/sql-opening.js';
import type { SqlSubjectStore } from './sql-subject-store.js';
import { SESSIONS, type SessionColumns } from '../tables/session.table.js';
import { openedSession } from '../../sessions/session-transitions.js';
import {
  type NewSession,
  type SessionDataOutcome,
  type SessionDataReading,
  type SessionDataWrite,
  type SessionReading,
  type SessionRenewal,
  SessionStore,
} from '../../sessions/session-store.js';

/** SessionStore in SQL. */
export class SqlSessionStore extends SessionStore {
  private readonly sessions: SqlTable<SessionColumns>;

  constructor(
    private readonly database: SqlDatabase,
    private readonly subjects: SqlSubjectStore,
    private readonly revocations: RevocationWriter,
    private readonly openings: SqlOpening,
  ) {
    super();
    this.sessions = database.table(SESSIONS);
  }

  open(session: NewSession): Promise<OpeningOutcome> {
    return this.revocations.transaction(() => this.opening(session));
  }

  private *opening(session: NewSession): SqlTransaction<OpeningOutcome> {
    const admission = yield* this.openings.admitting(session);
    if (!admission.opened) return admission;
    const { now, ended } = admission;
    const row = openedSession(session, now);
    yield this.sessions.insert({ ...row, version: 0 });
    yield* this.openings.inserted(row, session);
    const { idleExpiresAt, expiresAt } = row;
    return { opened: true, now, idleExpiresAt, expiresAt, ended };
  }

  async read(id: string): Promise<SessionReading | null> {
    const { name, column } = this.sessions;
    const { rows } = await this.database.run(sql`select ${this.sessions.columnsOf('s')},
      ${this.subjects.globalEpoch()} as global_epoch_now, ${this.database.dialect.nowMs} as now
      from ${name} s where s.${column.id} = ${id}`);
    const found = rows[0];
    if (!found) return null;
    return {
      row: this.sessions.read(found),
      globalEpochNow: Number(found['global_epoch_now']),
      now: Number(found['now']),
    };
  }

  async touch(id: string, at: number, idleExpiresAt: number): Promise<void> {
    const { name, column: c } = this.sessions;
    const { greatest, least } = this.database.dialect;
    await this.database.run(sql`update ${name} set ${c.seenAt} = ${greatest}(${c.seenAt}, ${at}),
      ${c.idleExpiresAt} = ${greatest}(${c.idleExpiresAt}, ${least}(${c.expiresAt}, ${idleExpiresAt}))
      where ${c.id} = ${id} and ${c.revokedAt} is null and ${c.idleExpiresAt} > ${at}`);
  }

  renew(renewal: SessionRenewal): Promise<boolean> {
    return this.revocations.transaction(() => this.renewing(renewal));
  }

  /** A part of other transactions too; the subject's row is locked by then if the subject is changed as well. */
  *renewing(
    { id, secretHash, nextSecretHash, authenticated }: SessionRenewal,
    subjectEpoch?: number,
  ): SqlTransaction<boolean> {
    const { name, column: c } = this.sessions;
    const { nowMs } = this.database.dialect;
    const proof = authenticated
      ? sql`, ${c.authenticatedAt} = ${nowMs}, ${c.methods} = ${this.sessions.value('methods', authenticated.methods)}`
      : sql``;
    const epoch = subjectEpoch === undefined ? sql`` : sql`, ${c.subjectEpoch} = ${subjectEpoch}`;
    const { affected } = yield sql`update ${name} set ${c.secretHash} = ${nextSecretHash}${proof}${epoch}
      where ${c.id} = ${id} and ${c.secretHash} = ${secretHash} and ${c.revokedAt} is null
      and ${c.expiresAt} > ${nowMs} and ${c.idleExpiresAt} > ${nowMs}`;
    if (affected === 1) yield* this.revocations.writeNow('sign_in_changed', id);
    return affected === 1;
  }

  revoke(id: string, reason: string, subject?: string): Promise<boolean> {
    return this.revocations.transaction(() => this.revoking(id, reason, subject));
  }

  private *revoking(id: string, reason: string, subject: string | undefined): SqlTransaction<boolean> {
    const { name, column: c } = this.sessions;
    const { nowMs } = this.database.dialect;
    const ofSubject =
      subject === undefined ? sql`` : sql` and ${c.subject} = ${this.sessions.value('subject', subject)}`;
    const { affected } =
      yield sql`update ${name} set ${c.revokedAt} = ${nowMs}, ${c.revokedReason} = ${reason}
      where ${c.id} = ${id} and ${c.revokedAt} is null and ${c.expiresAt} > ${nowMs}
      and ${c.idleExpiresAt} > ${nowMs}${ofSubject}`;
    if (affected === 1) yield* this.revocations.writeNow('sign_in', id);
    return affected === 1;
  }

  async readData(id: string): Promise<SessionDataReading | null> {
    const { name, column: c } = this.sessions;
    const { rows } = await this.database
      .run(sql`select ${c.data} as data, ${c.version} as version from ${name}
      where ${c.id} = ${id} and ${this.live()}`);
    const found = rows[0];
    return found ? { data: found['data'] as string | null, version: Number(found['version']) } : null;
  }

  async writeData({ id, data, version }: SessionDataWrite): Promise<SessionDataOutcome> {
    const { name, column: c } = this.sessions;
    const { affected } = await this.database.run(sql`update ${name} set ${c.data} = ${data},
      ${c.version} = ${c.version} + 1 where ${c.id} = ${id} and ${c.version} = ${version} and ${this.live()}`);
    if (affected === 1) return 'written';
    return (await this.readData(id)) ? 'moved' : 'ended';
  }

  private live(): Sql {
    const { column: c } = this.sessions;
    const { nowMs } = this.database.dialect;
    return sql`${c.revokedAt} is null and ${c.expiresAt} > ${nowMs} and ${c.idleExpiresAt} > ${nowMs}
      and ${c.globalEpoch} >= ${this.subjects.globalEpoch()}`;
  }

  async sweep(limit: number): Promise<number> {
    const { name, column } = this.sessions;
    const { dialect } = this.database;
    return (await this.database.run(dialect.deletePast(name, column.id, column.expiresAt, limit))).affected;
  }
}
