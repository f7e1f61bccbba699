import type { SqlSignInLinks } from '../../stores/sign-in-links.js';
import type { SignInOrigin } from '../../subjects/given-sign-in.js';
import { subjectKey } from '../../subjects/subject-key.js';
import type { SqlDatabase, SqlTransaction } from '../database/sql-database.js';
import { list, type SqlTable } from '../database/sql-table.js';
import { sql } from '../database/sql.js';
import { FAMILIES } from '../tables/refresh-token-family.table.js';
import { SESSIONS } from '../tables/session.table.js';
import type { RevocationWriter } from '../stores/revocation-writer.js';
import type { SqlSubjectStore } from '../stores/sql-subject-store.js';

interface SignInTable {
  id: string;
  subject: string;
  globalEpoch: number;
  idleExpiresAt: number;
  expiresAt: number;
  revokedAt: number | null;
  revokedReason: string | null;
}

/** Why a sign-in ended whose parent ended. */
const PARENT_ENDED = 'parent_ended';

/** Sign-ins that live and end as one, as parts of transactions. Without a feature that links them it does nothing. */
export class SqlLinkedSignIns {
  /** Null: no feature links sign-ins. */
  links: SqlSignInLinks | null = null;
  private readonly tables: readonly SqlTable<SignInTable>[];

  constructor(
    private readonly database: SqlDatabase,
    private readonly subjects: SqlSubjectStore,
    private readonly revocations: RevocationWriter,
  ) {
    this.tables = [database.table(SESSIONS), database.table(FAMILIES)] as unknown as SqlTable<SignInTable>[];
    revocations.afterEnd = (ids) => this.endingChildrenOf(ids);
  }

  /** Whether a child of this origin may be opened: its parent lives, and does so until the transaction ends. */
  *admitting(subject: string, origin: SignInOrigin): SqlTransaction<boolean> {
    const { links } = this;
    // Without a feature there is no link to open anything by.
    if (!links) return false;
    return (yield* this.isLive(subject, origin.parent)) && (yield* links.isOpen(subject, origin));
  }

  private *isLive(subject: string, parent: string): SqlTransaction<boolean> {
    const { nowMs, forUpdate } = this.database.dialect;
    for (const { name, column: c } of this.tables) {
      const { rows } = yield sql`select ${c.id} as id from ${name} where ${c.id} = ${parent}
        and ${c.subject} = ${subjectKey(subject)} and ${c.revokedAt} is null and ${c.expiresAt} > ${nowMs}
        and ${c.idleExpiresAt} > ${nowMs} and ${c.globalEpoch} >= ${this.subjects.globalEpoch()}${forUpdate}`;
      if (rows.length > 0) return true;
    }
    return false;
  }

  /** The sign-ins that are spared with one that is kept, itself included. */
  *sparedWith(kept: string): SqlTransaction<readonly string[]> {
    return this.links ? yield* this.links.kinOf(kept) : [kept];
  }

  /** Another sign-in takes the place of one, and its children go on with it. The id of the new one. */
  *replacing({ replaces, id }: { readonly replaces: string; readonly id: string }): SqlTransaction<string> {
    if (this.links) yield* this.links.replaced(replaces, id);
    return id;
  }

  private *endingChildrenOf(parents: readonly string[]): SqlTransaction<void> {
    if (!this.links) return;
    const children = yield* this.links.childrenOf(parents);
    if (children.length === 0) return;
    const { nowMs, forUpdate } = this.database.dialect;
    for (const { name, column: c } of this.tables) {
      const live = sql`${c.id} in (${list(children)}) and ${c.revokedAt} is null`;
      const { rows } =
        yield sql`select ${c.id} as id from ${name} where ${live} order by ${c.id}${forUpdate}`;
      if (rows.length === 0) continue;
      const ids = rows.map((row) => row['id'] as string);
      yield* this.revocations.writeEach(ids, { select: c.id, from: sql`from ${name} where ${live}` });
      yield sql`update ${name} set ${c.revokedAt} = ${nowMs}, ${c.revokedReason} = ${PARENT_ENDED} where ${live}`;
    }
  }
}
