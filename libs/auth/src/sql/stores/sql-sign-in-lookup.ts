import type { SqlDatabase } from '../database/sql-database.js';
import { asBoolean, asWords } from '../database/column-values.js';
import type { SqlTable } from '../database/sql-table.js';
import { type Sql, sql } from '../database/sql.js';
import { revokedTokenIds } from '../../refresh-tokens/token-revocation.js';
import { SignInLookup, type SignInStatus } from '../../revocation-check/sign-in-lookup.js';

const NO_SIGN_IN: SignInStatus = {
  live: false,
  subjectEpochNow: null,
  globalEpochNow: 0,
  rotation: null,
  revokedTokens: [],
  now: null,
};

/** A table whose rows are sign-ins that access tokens come from. */
export interface SignInRow {
  id: string;
  subject: string;
  revokedAt: number | null;
  expiresAt: number;
  idleExpiresAt: number;
  generation: number;
  rotatedAt: number;
  replayClosed: boolean;
  revokedTokens: readonly string[] | null;
}
export interface SubjectRow {
  subject: string;
  epoch: number;
}

/** SignInLookup in SQL: the sign-in, its subject's epoch and the global one in one joined statement by primary keys. */
export class SqlSignInLookup extends SignInLookup {
  constructor(
    private readonly database: SqlDatabase,
    private readonly signIns: SqlTable<SignInRow>,
    private readonly subjects: SqlTable<SubjectRow>,
  ) {
    super();
  }

  async find(signInId: string): Promise<SignInStatus> {
    const { rows } = await this.database.run(this.select(signInId));
    const row = rows[0];
    if (!row) return NO_SIGN_IN;
    const epoch = row['epoch'];
    const now = Number(row['now']);
    return {
      live: row['revoked_at'] === null && Number(row['expires_at']) > now,
      subjectEpochNow: epoch === null ? null : Number(epoch),
      globalEpochNow: Number(row['global_epoch'] ?? 0),
      rotation: {
        generation: Number(row['generation']),
        rotatedAt: Number(row['rotated_at']),
        replayClosed: asBoolean.from(row['replay_closed']),
      },
      revokedTokens: revokedTokenIds(asWords.from(row['revoked_tokens'] as string | null)),
      now,
    };
  }

  private select(signInId: string): Sql {
    const { signIns, subjects } = this;
    return sql`select f.${signIns.column.revokedAt} as revoked_at, ${this.database.dialect.least}(f.${signIns.column.expiresAt}, f.${signIns.column.idleExpiresAt}) as expires_at,
      f.${signIns.column.generation} as generation, f.${signIns.column.rotatedAt} as rotated_at, f.${signIns.column.replayClosed} as replay_closed,
      f.${signIns.column.revokedTokens} as revoked_tokens,
      s.${subjects.column.epoch} as epoch, g.${subjects.column.epoch} as global_epoch, ${this.database.dialect.nowMs} as now
      from ${signIns.name} f
      left join ${subjects.name} s on s.${subjects.column.subject} = f.${signIns.column.subject}
      left join ${subjects.name} g on g.${subjects.column.subject} = ''
      where f.${signIns.column.id} = ${signInId}`;
  }
}
