import type { SqlDatabase, SqlTransaction } from '../../../sql/database/sql-database.js';
import type { SqlTable } from '../../../sql/database/sql-table.js';
import { sql } from '../../../sql/database/sql.js';
import { StoreUnavailableError } from '../../../errors/auth-error.js';
import type { SqlAccess } from '../../../stores/feature-store.js';
import {
  type FormerClaim,
  type FormerClaimReading,
  FormerClaimStore,
  type NewFormerClaim,
} from './former-claim-store.js';
import { FORMER_CREDENTIALS, FORMER_SUBJECTS, type FormerSubjectColumns } from './former-claim.tables.js';

const MAX_TRIES = 3;
/** The subject of an end that holds for every user. */
const EVERYBODY = '';

/** FormerClaimStore in SQL. */
export class SqlFormerClaimStore extends FormerClaimStore {
  private readonly claims: SqlTable<FormerClaim>;
  private readonly subjects: SqlTable<FormerSubjectColumns>;
  private readonly database: SqlDatabase;

  constructor({ database, onSubjectEnded }: SqlAccess) {
    super();
    this.database = database;
    this.claims = database.table(FORMER_CREDENTIALS);
    this.subjects = database.table(FORMER_SUBJECTS);
    onSubjectEnded((subject) => this.ending(subject));
  }

  private *ending(subject: string): SqlTransaction<void> {
    const { name, column } = this.subjects;
    const { dialect } = this.database;
    yield dialect.insertIfAbsent(
      sql`insert into ${name} (${column.subject}, ${column.endedAt})
        values (${this.subjects.value('subject', subject)}, ${dialect.nowMs})`,
      column.subject,
    );
  }

  async find(credential: string): Promise<FormerClaimReading | null> {
    const { name, column } = this.claims;
    const { rows } = await this.database.run(sql`select ${this.claims.columnsOf('c')},
      ${this.database.dialect.nowMs} as now from ${name} c where c.${column.credential} = ${credential}`);
    const found = rows[0];
    return found ? { claim: this.claims.read(found), now: Number(found['now']) } : null;
  }

  async claim(claim: NewFormerClaim): Promise<FormerClaimReading> {
    for (let tried = 1; tried <= MAX_TRIES; tried++) {
      await this.database.run(this.insertIfAbsent({ ...claim, isSpent: false }));
      const found = await this.find(claim.credential);
      if (found) return found;
      // Given up between the two, by the request that had it.
    }
    throw new StoreUnavailableError({ cause: new Error('a former credential was given up again and again') });
  }

  async replace({ credential, signInId, attemptHash }: NewFormerClaim, instead: string): Promise<boolean> {
    const { name, column: c } = this.claims;
    const { affected } = await this.database.run(sql`update ${name} set ${c.signInId} = ${signInId},
      ${c.attemptHash} = ${attemptHash}, ${c.replacements} = ${c.replacements} + 1,
      ${c.openedAt} = ${this.database.dialect.nowMs}
      where ${c.credential} = ${credential} and ${c.signInId} = ${instead} and ${c.spentAt} is null`);
    return affected === 1;
  }

  async release(credential: string, signInId: string): Promise<void> {
    const { name, column: c } = this.claims;
    await this.database.run(
      sql`delete from ${name} where ${c.credential} = ${credential} and ${c.signInId} = ${signInId} and ${c.spentAt} is null`,
    );
  }

  async spend(credential: string): Promise<void> {
    const { name, column: c } = this.claims;
    await this.database.run(
      this.insertIfAbsent({ credential, signInId: null, attemptHash: null, isSpent: true }),
    );
    await this.database.run(sql`update ${name} set ${c.spentAt} = ${this.database.dialect.nowMs}
      where ${c.credential} = ${credential} and ${c.spentAt} is null`);
  }

  async isEnded(subject: string): Promise<boolean> {
    const { name, column: c } = this.subjects;
    const key = this.subjects.value('subject', subject);
    const { rows } = await this.database.run(
      sql`select count(*) as ended from ${name} where ${c.subject} in (${key}, ${EVERYBODY})`,
    );
    return Number(rows[0]!['ended']) > 0;
  }

  async sweep(limit: number): Promise<number> {
    const { dialect } = this.database;
    const { name, column: c } = this.claims;
    const claims = await this.database.run(dialect.deletePast(name, c.credential, c.openedAt, limit));
    if (claims.affected > 0) return claims.affected;
    const { name: subjects, column } = this.subjects;
    return (await this.database.run(dialect.deletePast(subjects, column.subject, column.endedAt, limit)))
      .affected;
  }

  private insertIfAbsent({
    credential,
    signInId,
    attemptHash,
    isSpent,
  }: Omit<NewFormerClaim, 'signInId'> & { signInId: string | null; isSpent: boolean }) {
    const { name, column: c } = this.claims;
    const { dialect } = this.database;
    const spentAt = isSpent ? dialect.nowMs : sql`null`;
    return dialect.insertIfAbsent(
      sql`insert into ${name} (${c.credential}, ${c.signInId}, ${c.attemptHash}, ${c.replacements}, ${c.openedAt}, ${c.spentAt})
        values (${credential}, ${signInId}, ${attemptHash}, ${0}, ${dialect.nowMs}, ${spentAt})`,
      c.credential,
    );
  }
}
