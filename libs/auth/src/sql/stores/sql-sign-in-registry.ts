import {
  type SqlDatabase,
  type HostTransaction,
  MANY_ROWS_MS,
  type SqlTransaction,
} from '../database/sql-database.js';
import type { SqlTable } from '../database/sql-table.js';
import { type Sql, sql, trustedSql } from '../database/sql.js';
import { FAMILIES } from '../tables/refresh-token-family.table.js';
import type { SqlRefreshTokenFamilyStore } from './sql-refresh-token-family-store.js';
import { REVOCATIONS } from '../tables/revocation.table.js';
import type { RevocationWriter } from './revocation-writer.js';
import { SESSIONS, type SessionColumns } from '../tables/session.table.js';
import type { SqlSessionStore } from './sql-session-store.js';
import { GLOBAL_SUBJECT } from '../tables/subject.table.js';
import type { FamilyRow } from '../../refresh-tokens/refresh-token-family-store.js';
import type { RevocationEvent } from '../../revocation/revocation-event.js';
import { subjectKey } from '../../subjects/subject-key.js';
import type { SqlSubjectStore } from './sql-subject-store.js';
import { type CredentialChange, type KeptSignIn, SignInRegistry } from '../../stores/sign-in-registry.js';
import {
  newestFirst,
  recordOfFamily,
  recordOfSession,
  type SignInRecord,
} from '../../stores/sign-in-record.js';
import type { SqlLinkedSignIns } from '../sign-ins/sql-linked-sign-ins.js';
import type { SqlSubjectEnding } from '../sign-ins/sql-subject-ending.js';

const MAX_LISTED = trustedSql('1000');

/** SignInRegistry in SQL: composed of the transactions that the rooms' own stores are made of. */
export class SqlSignInRegistry extends SignInRegistry {
  private readonly sessionTable: SqlTable<SessionColumns>;
  private readonly familyTable: SqlTable<FamilyRow>;
  private readonly revocationTable: SqlTable<RevocationEvent>;

  constructor(
    private readonly database: SqlDatabase,
    private readonly subjects: SqlSubjectStore,
    private readonly revocations: RevocationWriter,
    private readonly endings: SqlSubjectEnding,
    private readonly sessions: SqlSessionStore,
    private readonly families: SqlRefreshTokenFamilyStore,
    private readonly linked: SqlLinkedSignIns,
  ) {
    super();
    this.sessionTable = database.table(SESSIONS);
    this.familyTable = database.table(FAMILIES);
    this.revocationTable = database.table(REVOCATIONS);
  }

  async list(subject: string): Promise<readonly SignInRecord[]> {
    const sessions = await this.database.run(this.selectLive(this.sessionTable, subject));
    const families = await this.database.run(this.selectLive(this.familyTable, subject));
    return newestFirst([
      ...sessions.rows.map((found) => recordOfSession(this.sessionTable.read(found))),
      ...families.rows.map((found) => recordOfFamily(this.familyTable.read(found))),
    ]);
  }

  endAll(subject: string, reason: string, except?: string): Promise<number> {
    return this.revocations.transaction(() => this.endings.ending(subject, reason, except), {
      deadlineMs: MANY_ROWS_MS,
    });
  }

  credentialsChanged(subject: string, reason: string, keep: KeptSignIn | null): Promise<CredentialChange> {
    return this.revocations.transaction(() => this.changingCredentials(subject, reason, keep), {
      deadlineMs: MANY_ROWS_MS,
    });
  }

  private *changingCredentials(
    subject: string,
    reason: string,
    keep: KeptSignIn | null,
  ): SqlTransaction<CredentialChange> {
    const epoch = yield* this.endings.changing(subject, 'credentials');
    let kept: CredentialChange['kept'] = null;
    let except: string | undefined;
    if (keep?.kind === 'session') {
      kept = yield* this.sessions.renewing(keep.renewal, epoch);
      if (kept) except = keep.renewal.id;
    } else if (keep?.kind === 'replaced') {
      kept = yield* this.families.replacing(keep.replacement, epoch);
      if (kept) except = yield* this.linked.replacing(keep.replacement);
    } else if (keep) {
      kept = yield* this.families.rekeying(keep.rekey, epoch);
      if (kept.kind === 'rekeyed') except = keep.rekey.familyId;
    }
    return { kept, ended: yield* this.endings.endingSignIns(subject, reason, except) };
  }

  async subjectChanged(subject: string, host?: HostTransaction): Promise<void> {
    const body = () => this.endings.changing(subject);
    if (host) await this.revocations.within(host, body);
    else await this.revocations.transaction(body);
  }

  forget(subject: string): Promise<number> {
    return this.revocations.transaction(() => this.forgetting(subject), { deadlineMs: MANY_ROWS_MS });
  }

  private *forgetting(subject: string): SqlTransaction<number> {
    const ended = yield* this.endings.ending(subject, 'forgotten');
    yield* this.endings.erasing(subject);
    yield* this.subjects.erase(subject);
    return ended;
  }

  revokeEverything(): Promise<void> {
    return this.revocations.transaction(() => this.revokingEverything());
  }

  private *revokingEverything(): SqlTransaction<void> {
    const { epoch, now } = yield* this.subjects.advance(GLOBAL_SUBJECT);
    yield* this.revocations.write('everything', '', now, epoch);
    yield* this.endings.alsoEnding(GLOBAL_SUBJECT);
  }

  async sweep(limit: number): Promise<number> {
    const { name, column } = this.revocationTable;
    const { dialect } = this.database;
    return (await this.database.run(dialect.deletePast(name, column.id, column.expiresAt, limit))).affected;
  }

  private selectLive(table: SqlTable<SessionColumns> | SqlTable<FamilyRow>, subject: string): Sql {
    const { nowMs } = this.database.dialect;
    const c = table.column;
    return sql`select ${table.columnsOf('t')} from ${table.name} t where t.${c.subject} = ${subjectKey(subject)}
      and t.${c.revokedAt} is null and t.${c.expiresAt} > ${nowMs} and t.${c.idleExpiresAt} > ${nowMs}
      and t.${c.globalEpoch} >= ${this.subjects.globalEpoch()} order by t.${c.createdAt} desc limit ${MAX_LISTED}`;
  }
}
