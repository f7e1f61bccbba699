import { type SqlDatabase, MANY_ROWS_MS, type SqlTransaction } from '../database/sql-database.js';
import type { SqlTable } from '../database/sql-table.js';
import type { RevocationWriter } from './revocation-writer.js';
import type { OpeningOutcome } from '../../subjects/opening-outcome.js';
import type { SqlOpening } from '../sign-ins/sql-opening.js';
import type { SqlSubjectStore } from './sql-subject-store.js';
import { asWords } from '../database/column-values.js';
import { FAMILIES, type FamilyColumns } from '../tables/refresh-token-family.table.js';
import {
  type FamilyReading,
  type FamilyReplacement,
  type FamilyRow,
  type NewFamily,
  RefreshTokenFamilyStore,
  type RekeyAttempt,
  type RekeyOutcome,
  type RotationAttempt,
  type RotationOutcome,
} from '../../refresh-tokens/refresh-token-family-store.js';
import {
  type TokenRevocation,
  type TokenRevocationOutcome,
  tokenRevocationTransition,
  TOO_MANY_REVOKED,
} from '../../refresh-tokens/token-revocation.js';
import { FamilyStatements } from './family-statements.js';
import {
  rekeyTransition,
  rotationTransition,
  openFamily,
  replacementRow,
} from '../../refresh-tokens/family-transitions.js';

/** Ends everything of a subject, as part of a transaction. */
export type EndSubject = (subject: string, reason: string) => SqlTransaction<unknown>;

interface Locked {
  readonly row: FamilyRow | null;
  readonly now: number;
  readonly waitedMs: number;
}

/**
 * RefreshTokenFamilyStore in SQL. A rotation is one compare-and-set that commits by itself; only when it
 * changed nothing is the row locked, and the pure decision asked what the token means.
 */
export class SqlRefreshTokenFamilyStore extends RefreshTokenFamilyStore {
  private readonly families: SqlTable<FamilyColumns>;
  private readonly statements: FamilyStatements;

  constructor(
    private readonly database: SqlDatabase,
    private readonly subjects: SqlSubjectStore,
    private readonly revocations: RevocationWriter,
    private readonly openings: SqlOpening,
    private readonly endSubject: EndSubject,
  ) {
    super();
    this.families = database.table(FAMILIES);
    this.statements = new FamilyStatements(this.families, database.dialect, subjects);
  }

  open(family: NewFamily): Promise<OpeningOutcome> {
    return this.revocations.transaction(() => this.opening(family));
  }

  private *opening(family: NewFamily): SqlTransaction<OpeningOutcome> {
    const admission = yield* this.openings.admitting(family);
    if (!admission.opened) return admission;
    const { now, ended } = admission;
    const row = openFamily(family, now);
    yield this.families.insert(row);
    yield* this.openings.inserted(row, family);
    const { idleExpiresAt, expiresAt } = row;
    return { opened: true, now, idleExpiresAt, expiresAt, ended };
  }

  async read(familyId: string): Promise<FamilyReading | null> {
    const { rows } = await this.database.run(this.statements.selectWithEpochs(familyId));
    const found = rows[0];
    if (!found) return null;
    const epoch = found['subject_epoch_now'];
    return {
      row: this.families.read(found),
      subjectEpochNow: epoch === null ? null : Number(epoch),
      globalEpochNow: Number(found['global_epoch_now']),
      now: Number(found['now']),
    };
  }

  async rotate(attempt: RotationAttempt): Promise<RotationOutcome> {
    const { affected } = await this.database.run(this.statements.compareAndSet(attempt));
    if (affected === 1) return { kind: 'rotated' };
    // A reuse may end every sign-in of its subject.
    const rules = attempt.onReuse === 'revoke-subject' ? { deadlineMs: MANY_ROWS_MS } : {};
    return this.revocations.transaction(() => this.deciding(attempt), rules);
  }

  private *deciding(attempt: RotationAttempt): SqlTransaction<RotationOutcome> {
    const { row, now, waitedMs } = yield* this.locked(attempt);
    const { outcome, change } = rotationTransition(row, attempt, now, waitedMs);
    if (outcome.kind === 'rotated') {
      // By the clock at which the row is written: this transaction may have waited for its lock.
      const { affected } = yield this.statements.compareAndSet(attempt);
      return affected === 1 ? outcome : { kind: 'expired' };
    }
    yield* this.doing(row, change, outcome, attempt, now);
    return outcome;
  }

  rekey(attempt: RekeyAttempt): Promise<RekeyOutcome> {
    return this.revocations.transaction(() => this.rekeying(attempt));
  }

  /** A part of other transactions too; the subject's row is locked by then if the subject is changed as well. */
  *rekeying(attempt: RekeyAttempt, subjectEpoch?: number): SqlTransaction<RekeyOutcome> {
    const { row, now, waitedMs } = yield* this.locked(attempt);
    const { outcome, change } = rekeyTransition(row, attempt, now, waitedMs, subjectEpoch);
    yield* this.doing(row, change, outcome, attempt, now);
    return outcome;
  }

  /** A part of a change of credentials: whether the family to replace was live. The caller ends it. */
  *replacing(replacement: FamilyReplacement, subjectEpoch: number): SqlTransaction<boolean> {
    const { rows } = yield this.statements.selectForUpdate(replacement.replaces);
    const found = rows[0];
    const former = found ? this.families.read(found) : null;
    const row = replacementRow(former, replacement, Number(found?.['now'] ?? 0), subjectEpoch);
    if (row) yield this.families.insert(row);
    return row !== null;
  }

  private *locked(attempt: RotationAttempt): SqlTransaction<Locked> {
    // Lock order: subject before family, where a reuse would end the subject.
    if (attempt.onReuse === 'revoke-subject') yield* this.subjects.lock(attempt.subject);
    const waitedMs = Math.round(attempt.waitedMs());
    const { rows } = yield this.statements.selectForUpdate(attempt.familyId);
    const found = rows[0];
    return { row: found ? this.families.read(found) : null, now: Number(found?.['now'] ?? 0), waitedMs };
  }

  /** Writes what was decided; a reuse with its revocation. */
  private *doing(
    row: FamilyRow | null,
    change: Partial<FamilyRow> | null,
    outcome: RotationOutcome | RekeyOutcome,
    attempt: RotationAttempt,
    now: number,
  ): SqlTransaction<void> {
    if (!row || !change) return;
    yield this.statements.update(row, change);
    if (outcome.kind !== 'reused') return;
    yield* this.revocations.write('sign_in', row.id, now);
    if (attempt.onReuse === 'revoke-subject') yield* this.endSubject(row.subject, `reuse_${outcome.cause}`);
  }

  revoke(familyId: string, reason: string, subject?: string): Promise<boolean> {
    return this.revocations.transaction(() => this.revoking(familyId, reason, subject));
  }

  private *revoking(familyId: string, reason: string, subject: string | undefined): SqlTransaction<boolean> {
    const { affected } = yield this.statements.revoke(familyId, reason, subject);
    if (affected === 1) yield* this.revocations.writeNow('sign_in', familyId);
    return affected === 1;
  }

  revokeToken(token: TokenRevocation): Promise<TokenRevocationOutcome> {
    return this.revocations.transaction(() => this.revokingToken(token));
  }

  private *revokingToken(token: TokenRevocation): SqlTransaction<TokenRevocationOutcome> {
    const { familyId, tokenId } = token;
    const { rows } = yield this.statements.selectRevokedTokens(familyId);
    const found = rows[0];
    const now = Number(found?.['now'] ?? 0);
    const row = found && {
      ...this.families.read(found),
      revokedTokens: asWords.from(found['revoked_tokens'] as string | null),
    };
    const { lifeMs } = this.revocations;
    const { outcome, list } = tokenRevocationTransition(row ?? null, token, now, lifeMs);
    if (outcome === 'family_ended') {
      yield this.statements.update({ id: familyId }, { revokedAt: now, revokedReason: TOO_MANY_REVOKED });
      yield* this.revocations.write('sign_in', familyId, now);
    } else if (list) {
      yield this.statements.update({ id: familyId }, { revokedTokens: list });
      yield* this.revocations.write('token', tokenId, now);
    }
    return outcome;
  }

  async sweep(limit: number): Promise<number> {
    const { name, column } = this.families;
    const { dialect } = this.database;
    return (await this.database.run(dialect.deletePast(name, column.id, column.expiresAt, limit))).affected;
  }
}
