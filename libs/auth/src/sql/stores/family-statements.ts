import type { Dialect } from '../database/dialect.js';
import type { SqlTable } from '../database/sql-table.js';
import { type Sql, sql } from '../database/sql.js';
import type { SqlSubjectStore } from './sql-subject-store.js';
import type { FamilyRow, RotationAttempt } from '../../refresh-tokens/refresh-token-family-store.js';
import type { FamilyColumns } from '../tables/refresh-token-family.table.js';

/** The statements that read and change a family's row, by its primary key. */
export class FamilyStatements {
  constructor(
    private readonly families: SqlTable<FamilyColumns>,
    private readonly dialect: Dialect,
    private readonly subjects: SqlSubjectStore,
  ) {}

  /** The row, with the present epochs and the database's clock. */
  selectWithEpochs(familyId: string): Sql {
    const { name, column } = this.families;
    return sql`select ${this.families.columnsOf('f')},
      ${this.subjects.epochOf(sql`f.${column.subject}`)} as subject_epoch_now,
      ${this.subjects.globalEpoch()} as global_epoch_now, ${this.dialect.nowMs} as now
      from ${name} f where f.${column.id} = ${familyId}`;
  }

  /** The row, locked until the transaction ends; the clock is that of the statement's arrival, not of the lock's. */
  selectForUpdate(familyId: string): Sql {
    const { name, column } = this.families;
    const { nowMs, forUpdate } = this.dialect;
    return sql`select ${this.families.columnsOf('f')}, ${nowMs} as now from ${name} f
      where f.${column.id} = ${familyId}${forUpdate}`;
  }

  /** Rotates if, and only if, the token presented is the current one of a live family. */
  compareAndSet(attempt: RotationAttempt): Sql {
    const { name, column: c } = this.families;
    const { nowMs, writtenMs, least } = this.dialect;
    const { generation, hash, attemptHash, userAgent } = attempt.presented;
    const arrived = sql`(${nowMs} - ${Math.round(attempt.waitedMs())})`;
    // previous_hash before current_hash: MariaDB sets from left to right, with the new values.
    return sql`update ${name} set ${c.previousHash} = ${c.currentHash}, ${c.currentHash} = ${attempt.successorHash},
      ${c.salt} = ${attempt.salt}, ${c.attemptHash} = ${attemptHash}, ${c.generation} = ${c.generation} + 1,
      ${c.rotatedAt} = ${writtenMs}, ${c.idleExpiresAt} = ${least}(${nowMs} + ${attempt.idleMs}, ${c.expiresAt}),
      ${c.replays} = 0, ${c.replacedHashes} = '', ${c.replacedAt} = null, ${c.replayClosed} = ${false},
      ${c.ip} = ${attempt.ip}, ${c.userAgent} = ${userAgent}
      where ${c.id} = ${attempt.familyId} and ${c.generation} = ${generation} and ${c.currentHash} = ${hash}
      and ${c.revokedAt} is null and ${c.expiresAt} > ${arrived} and ${c.idleExpiresAt} > ${arrived}`;
  }

  /** Ends a live family. */
  revoke(familyId: string, reason: string, subject: string | undefined): Sql {
    const { name, column: c } = this.families;
    const { nowMs } = this.dialect;
    const ofSubject =
      subject === undefined ? sql`` : sql` and ${c.subject} = ${this.families.value('subject', subject)}`;
    return sql`update ${name} set ${c.revokedAt} = ${nowMs}, ${c.revokedReason} = ${reason}
      where ${c.id} = ${familyId} and ${c.revokedAt} is null and ${c.expiresAt} > ${nowMs}
      and ${c.idleExpiresAt} > ${nowMs}${ofSubject}`;
  }

  /** What a revocation of one token decides by, locked until the transaction ends. */
  selectRevokedTokens(familyId: string): Sql {
    const { name, column: c } = this.families;
    const { nowMs, forUpdate } = this.dialect;
    return sql`select ${this.families.columnsOf('f')}, f.${c.revokedTokens} as revoked_tokens, ${nowMs} as now
      from ${name} f where f.${c.id} = ${familyId}${forUpdate}`;
  }

  /** Changes a row that the transaction has locked. */
  update({ id }: Pick<FamilyRow, 'id'>, change: Partial<FamilyColumns>): Sql {
    const { name, column } = this.families;
    return sql`update ${name} set ${this.families.assignments(change)} where ${column.id} = ${id}`;
  }
}
