import type { SqlDatabase, SqlTransaction } from '../../../sql/database/sql-database.js';
import { list, type SqlTable } from '../../../sql/database/sql-table.js';
import { sql } from '../../../sql/database/sql.js';
import type { SqlAccess } from '../../../stores/feature-store.js';
import type { SqlSignInLinks } from '../../../stores/sign-in-links.js';
import type { SignInOrigin } from '../../../subjects/given-sign-in.js';
import {
  type HandoverOutcome,
  type HandoverReading,
  type HandoverRow,
  HandoverStore,
  MAX_CHILDREN,
  type NewHandover,
} from './handover-store.js';
import { HANDOVERS } from './handover.table.js';

/** HandoverStore in SQL. */
export class SqlHandoverStore extends HandoverStore implements SqlSignInLinks {
  private readonly database: SqlDatabase;
  private readonly table: SqlTable<HandoverRow>;
  private readonly lockSubject: SqlAccess['lockSubject'];

  constructor({ database, lockSubject, onSubjectEnded, linkSignIns }: SqlAccess) {
    super();
    this.database = database;
    this.table = database.table(HANDOVERS);
    this.lockSubject = lockSubject;
    onSubjectEnded((subject, spared) => this.ending(subject, spared));
    linkSignIns(this);
  }

  keep(handover: NewHandover): Promise<HandoverOutcome> {
    return this.database.transaction(() => this.keeping(handover));
  }

  private *keeping({ lifeMs, ...handover }: NewHandover): SqlTransaction<HandoverOutcome> {
    const { name, column: c } = this.table;
    const { nowMs } = this.database.dialect;
    // An opening holds this lock too: its child is counted, or its link waits no longer.
    yield* this.lockSubject(handover.subject);
    const { rows } = yield sql`select ${nowMs} as now,
      (select count(*) from ${name} where ${c.childId} = ${handover.parentId}) as parents`;
    const { now, parents } = rows[0]!;
    if (Number(parents) > 0) return 'from_child';
    if ((yield* this.countOf(handover.parentId)) >= MAX_CHILDREN) return 'too_many';
    yield sql`delete from ${name} where ${c.parentId} = ${handover.parentId} and ${c.childId} is null`;
    const createdAt = Number(now);
    yield this.table.insert({ ...handover, childId: null, createdAt, expiresAt: createdAt + lifeMs });
    return 'kept';
  }

  async find(id: string): Promise<HandoverReading | null> {
    const { name, column: c } = this.table;
    const { rows } = await this.database.run(
      sql`select ${this.table.columnsOf('h')}, ${this.database.dialect.nowMs} as now from ${name} h where h.${c.id} = ${id}`,
    );
    const found = rows[0];
    return found ? { row: this.table.read(found), now: Number(found['now']) } : null;
  }

  async sweep(limit: number): Promise<number> {
    const { name, column: c } = this.table;
    const { dialect } = this.database;
    return (await this.database.run(dialect.deletePast(name, c.id, c.expiresAt, limit))).affected;
  }

  *isOpen(subject: string, { parent, link }: SignInOrigin): SqlTransaction<boolean> {
    const { name, column: c } = this.table;
    const { nowMs, forUpdate } = this.database.dialect;
    const { rows } = yield sql`select ${c.id} as id from ${name} where ${c.id} = ${link}
      and ${c.subject} = ${this.table.value('subject', subject)} and ${c.parentId} = ${parent}
      and ${c.childId} is null and ${c.expiresAt} > ${nowMs}${forUpdate}`;
    return rows.length === 1;
  }

  *opened(child: string, expiresAt: number, { link }: SignInOrigin): SqlTransaction<void> {
    const { name, column: c } = this.table;
    const { affected } = yield sql`update ${name} set ${c.childId} = ${child}, ${c.expiresAt} = ${expiresAt}
      where ${c.id} = ${link} and ${c.childId} is null`;
    // The transaction is rolled back, and the sign-in with it.
    if (affected !== 1) throw new Error('a handover was opened twice');
  }

  *childrenOf(parents: readonly string[]): SqlTransaction<readonly string[]> {
    const { name, column: c } = this.table;
    const { rows } = yield sql`select ${c.childId} as child from ${name}
      where ${c.parentId} in (${list(parents)}) and ${c.childId} is not null`;
    return rows.map((row) => row['child'] as string);
  }

  *kinOf(signInId: string): SqlTransaction<readonly string[]> {
    const { name, column: c } = this.table;
    const { rows } = yield sql`select ${c.parentId} as parent from ${name} where ${c.childId} = ${signInId}`;
    const root = (rows[0]?.['parent'] as string | undefined) ?? signInId;
    return [root, ...(yield* this.childrenOf([root]))];
  }

  *replaced(former: string, next: string): SqlTransaction<void> {
    const { name, column: c } = this.table;
    yield sql`update ${name} set ${c.parentId} = ${next} where ${c.parentId} = ${former}`;
    yield sql`update ${name} set ${c.childId} = ${next} where ${c.childId} = ${former}`;
  }

  private *countOf(parent: string): SqlTransaction<number> {
    const { name, column: c } = this.table;
    const { rows } = yield sql`select count(*) as children from ${name}
      where ${c.parentId} = ${parent} and ${c.childId} is not null
      and ${c.expiresAt} > ${this.database.dialect.nowMs}`;
    return Number(rows[0]!['children']);
  }

  private *ending(subject: string, spared: readonly string[]): SqlTransaction<void> {
    const { name, column: c } = this.table;
    const others =
      spared.length === 0 ? sql`` : sql` and (${c.childId} is null or ${c.childId} not in (${list(spared)}))`;
    yield sql`delete from ${name} where ${c.subject} = ${this.table.value('subject', subject)}${others}`;
  }
}
