import { type AuthDatabase, MANY_ROWS_MS, type SqlTransaction } from '../database/auth-database.js';
import type { EntityTable } from '../database/entity-table.js';
import { sql } from '../database/sql.js';
import type { TypeOrmAnnouncements } from '../revocation/typeorm-announcements.js';
import type { OpeningOutcome } from '../subjects/opening-outcome.js';
import type { TypeOrmSubjectStore } from '../subjects/typeorm-subject-store.js';
import { RefreshTokenFamily } from './refresh-token-family.entity.js';
import {
  type FamilyReading,
  type NewFamily,
  RefreshTokenFamilyStore,
  type RekeyAttempt,
  type RekeyOutcome,
  type RotationAttempt,
  type RotationOutcome,
} from './refresh-token-family-store.js';
import { FamilyStatements } from './family-statements.js';
import { openedRow } from './opened-row.js';
import { replayedRow } from './replayed-row.js';
import { decideRotation, elapsed, type RotationDecision } from './rotation-decision.js';

/** Ends everything of a subject, as part of a transaction. */
export type EndSubject = (subject: string, reason: string) => SqlTransaction<unknown>;

type DecidedReuse = Extract<RotationDecision, { kind: 'reuse' }>;
interface Locked {
  readonly row: RefreshTokenFamily | null;
  readonly decision: RotationDecision;
  readonly now: number;
  readonly ageMs: number;
}

/**
 * RefreshTokenFamilyStore on TypeORM. A rotation is one compare-and-set that commits by itself; only when it
 * changed nothing is the row locked, and the pure decision asked what the token means.
 */
export class TypeOrmRefreshTokenFamilyStore extends RefreshTokenFamilyStore {
  private readonly families: EntityTable<RefreshTokenFamily>;
  private readonly statements: FamilyStatements;

  constructor(
    private readonly database: AuthDatabase,
    private readonly subjects: TypeOrmSubjectStore,
    private readonly announcements: TypeOrmAnnouncements,
    private readonly endSubject: EndSubject,
  ) {
    super();
    this.families = database.table(RefreshTokenFamily);
    this.statements = new FamilyStatements(this.families, database.dialect, subjects);
  }

  open(family: NewFamily): Promise<OpeningOutcome> {
    return this.database.transaction(() => this.opening(family));
  }

  private *opening(family: NewFamily): SqlTransaction<OpeningOutcome> {
    const { held, now } = yield* this.subjects.holds(family.epochs);
    if (!held) return { opened: false };
    const row = openedRow(family, now);
    yield this.families.insert(row);
    const { idleExpiresAt, expiresAt } = row;
    return { opened: true, now, idleExpiresAt, expiresAt };
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
    const deadline = attempt.onReuse === 'revoke-subject' ? MANY_ROWS_MS : undefined;
    return this.database.transaction(() => this.deciding(attempt), deadline);
  }

  private *deciding(attempt: RotationAttempt): SqlTransaction<RotationOutcome> {
    const { row, decision, now, ageMs } = yield* this.lockAndDecide(attempt);
    switch (decision.kind) {
      case 'rotate': {
        const { affected } = yield this.statements.compareAndSet(attempt);
        // Its limit may have passed since the row was read.
        return { kind: affected === 1 ? 'rotated' : 'expired' };
      }
      case 'catch_up': {
        yield this.statements.update(row!, {
          previousHash: attempt.presented.hash,
          currentHash: attempt.successorHash,
          salt: attempt.salt,
          attemptHash: attempt.presented.attemptHash,
          generation: attempt.presented.generation + 1,
          ip: attempt.ip,
          userAgent: attempt.presented.userAgent,
          rotatedAt: now,
          idleExpiresAt: Math.min(now + attempt.idleMs, row!.expiresAt),
          replays: 0,
          replacedHashes: '',
          replacedAt: null,
          replayClosed: false,
        });
        return { kind: 'caught_up', distance: decision.distance };
      }
      case 'replay': {
        const { change, foreignReplays } = replayedRow(row!, attempt.presented);
        yield this.statements.update(row!, change);
        const { salt, currentHash, idleExpiresAt, ip, userAgent } = row!;
        return {
          kind: 'replayed',
          salt,
          currentHash,
          idleExpiresAt,
          ageMs,
          foreignReplays,
          holder: { ip, userAgent },
        };
      }
      case 'retry_late': {
        yield this.statements.update(row!, {
          replacedHashes: row!.replacedHashes + row!.currentHash,
          currentHash: attempt.successorHash,
          salt: attempt.salt,
          replacedAt: now,
        });
        return { kind: 'retried_late', idleExpiresAt: row!.idleExpiresAt, ageMs };
      }
      case 'reuse':
        return yield* this.revokingReuse(row!, decision, attempt, now, ageMs);
      case 'desynchronised':
        return { kind: 'desynchronised', distance: decision.distance };
      default:
        return { kind: decision.kind };
    }
  }

  rekey(attempt: RekeyAttempt): Promise<RekeyOutcome> {
    return this.database.transaction(() => this.rekeying(attempt));
  }

  /** A part of other transactions too; the subject's row is locked by then if the subject is changed as well. */
  *rekeying(attempt: RekeyAttempt, subjectEpoch?: number): SqlTransaction<RekeyOutcome> {
    const { row, decision, now, ageMs } = yield* this.lockAndDecide(attempt);
    switch (decision.kind) {
      case 'rotate': {
        const change = {
          previousHash: row!.currentHash,
          currentHash: attempt.successorHash,
          salt: attempt.salt,
          generation: row!.generation + 1,
          attemptHash: null,
          replacedHashes: '',
          replacedAt: null,
          replays: 0,
          replayClosed: true,
          rotatedAt: now,
          idleExpiresAt: Math.min(now + attempt.idleMs, row!.expiresAt),
          ...(attempt.authenticated && { authenticatedAt: now, methods: attempt.authenticated.methods }),
          ...(subjectEpoch !== undefined && { subjectEpoch }),
        };
        yield this.statements.update(row!, change);
        return { kind: 'rekeyed', now, idleExpiresAt: change.idleExpiresAt, row: { ...row!, ...change } };
      }
      case 'reuse':
        return yield* this.revokingReuse(row!, decision, attempt, now, ageMs);
      // Only the current token will do: a step-up with its parent is refused, and nothing is revoked for it.
      case 'replay':
      case 'retry_late':
        return { kind: 'superseded' };
      case 'catch_up':
      case 'desynchronised':
        return { kind: 'desynchronised', distance: decision.distance };
      default:
        return { kind: decision.kind };
    }
  }

  private *lockAndDecide(attempt: RotationAttempt): SqlTransaction<Locked> {
    // Lock order: subject before family, where a reuse would end the subject.
    if (attempt.onReuse === 'revoke-subject') yield* this.subjects.lock(attempt.subject);
    const waited = Math.round(attempt.waitedMs());
    const { rows } = yield this.statements.selectForUpdate(attempt.familyId);
    const found = rows[0];
    const row = found ? this.families.read(found) : null;
    const now = Number(found?.['now'] ?? 0);
    const decision = decideRotation(row, attempt.presented, now - waited, attempt.rules);
    return { row, decision, now, ageMs: row ? elapsed(row.rotatedAt, now - waited) : 0 };
  }

  private *revokingReuse(
    row: RefreshTokenFamily,
    { cause, distance }: DecidedReuse,
    attempt: RotationAttempt,
    now: number,
    ageMs: number,
  ): SqlTransaction<Extract<RotationOutcome, { kind: 'reused' }>> {
    const reason = `reuse_${cause}`;
    yield this.statements.update(row, { revokedAt: now, revokedReason: reason });
    yield* this.announcements.write('sign_in', row.id, now);
    if (attempt.onReuse === 'revoke-subject') yield* this.endSubject(row.subject, reason);
    return { kind: 'reused', cause, distance, ageMs, holder: { ip: row.ip, userAgent: row.userAgent } };
  }

  revoke(familyId: string, reason: string, subject?: string): Promise<boolean> {
    return this.database.transaction(() => this.revoking(familyId, reason, subject));
  }

  private *revoking(familyId: string, reason: string, subject: string | undefined): SqlTransaction<boolean> {
    const { affected } = yield this.statements.revoke(familyId, reason, subject);
    if (affected === 1) yield* this.announcements.writeNow('sign_in', familyId);
    return affected === 1;
  }

  async sweep(limit: number): Promise<number> {
    const { name, column } = this.families;
    const { dialect } = this.database;
    const past = sql`${column.expiresAt} < ${dialect.nowMs}`;
    return (await this.database.run(dialect.deleteSome(name, column.id, past, limit))).affected;
  }
}
