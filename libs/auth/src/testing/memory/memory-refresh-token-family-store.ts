import {
  type FamilyTransition,
  rekeyTransition,
  rotationTransition,
  openFamily,
  replacementRow,
} from '../../refresh-tokens/family-transitions.js';
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
  revokedTokenIds,
  type TokenRevocation,
  type TokenRevocationOutcome,
  tokenRevocationTransition,
  TOO_MANY_REVOKED,
} from '../../refresh-tokens/token-revocation.js';
import type { OpeningOutcome } from '../../subjects/opening-outcome.js';
import type { Clock } from '../../time/clock.js';
import { MemoryRevocationLog, REVOCATION_LIFE_MS } from './memory-revocation-log.js';
import { MemoryConcurrentSignIns } from './memory-concurrent-sign-ins.js';
import { MemoryLinkedSignIns } from './memory-linked-sign-ins.js';
import { MemorySignIns } from './memory-sign-ins.js';
import type { MemorySubjectStore } from './memory-subject-store.js';

/**
 * RefreshTokenFamilyStore in memory: the reference implementation, and a store for tests without a database. Every
 * method is atomic because nothing is awaited between the decision and what it changes.
 */
export class MemoryRefreshTokenFamilyStore extends RefreshTokenFamilyStore {
  readonly rows: MemorySignIns<FamilyRow>;
  /** Lists of revoked access tokens, by family. */
  private readonly revokedTokens = new Map<string, readonly string[]>();

  constructor(
    private readonly subjects: MemorySubjectStore,
    private readonly clock: Pick<Clock, 'now'>,
    private readonly revocations = new MemoryRevocationLog(clock),
    /** What ends with a subject beside its families. */
    private readonly endOthers: (subject: string, reason: string) => void = () => {},
    private readonly room = new MemoryConcurrentSignIns(clock),
    private readonly linked = new MemoryLinkedSignIns(clock, subjects),
  ) {
    super();
    this.rows = new MemorySignIns(clock, revocations);
    room.counts(this.rows);
    linked.covers(this.rows);
  }

  /** Ids of sign-ins, as often as their end was announced. */
  get announced(): readonly string[] {
    return this.revocations.of('sign_in');
  }

  async open(family: NewFamily): Promise<OpeningOutcome> {
    const { epochs, limit } = family;
    if (this.subjects.epochOf(epochs.subject) !== epochs.epoch) return { opened: false, reason: 'changed' };
    if (!this.linked.admits(epochs.subject, family.origin)) return { opened: false, reason: 'changed' };
    const ended = this.room.make(epochs, limit);
    if (!ended) return { opened: false, reason: 'limit' };
    const now = this.clock.now();
    const row = openFamily(family, now);
    this.rows.put(row);
    this.linked.inserted(row, family.origin);
    const { idleExpiresAt, expiresAt } = row;
    return { opened: true, now, idleExpiresAt, expiresAt, ended };
  }

  async read(familyId: string): Promise<FamilyReading | null> {
    const row = this.rows.get(familyId);
    if (!row) return null;
    return {
      row,
      subjectEpochNow: this.subjects.epochOf(row.subject),
      globalEpochNow: this.subjects.globalEpoch,
      now: this.clock.now(),
    };
  }

  async rotate(attempt: RotationAttempt): Promise<RotationOutcome> {
    const row = this.rows.get(attempt.familyId);
    const step = rotationTransition(row, attempt, this.clock.now(), attempt.waitedMs());
    this.do(row, step, attempt);
    return step.outcome;
  }

  async rekey(attempt: RekeyAttempt): Promise<RekeyOutcome> {
    return this.rekeyNow(attempt);
  }

  /** The same as a part of a greater step; `subjectEpoch`: of a subject that changes in it. */
  rekeyNow(attempt: RekeyAttempt, subjectEpoch?: number): RekeyOutcome {
    const row = this.rows.get(attempt.familyId);
    const step = rekeyTransition(row, attempt, this.clock.now(), attempt.waitedMs(), subjectEpoch);
    this.do(row, step, attempt);
    return step.outcome;
  }

  /** As a part of a change of credentials: whether the family to replace was live. The caller ends it. */
  replaceNow(replacement: FamilyReplacement, subjectEpoch: number): boolean {
    const row = replacementRow(
      this.rows.get(replacement.replaces),
      replacement,
      this.clock.now(),
      subjectEpoch,
    );
    if (row) this.rows.put(row);
    return row !== null;
  }

  async revoke(familyId: string, reason: string, subject?: string): Promise<boolean> {
    return this.rows.revoke(familyId, reason, subject);
  }

  async revokeToken(token: TokenRevocation): Promise<TokenRevocationOutcome> {
    const { familyId, tokenId } = token;
    const family = this.rows.get(familyId);
    const row = family && { ...family, revokedTokens: this.revokedTokens.get(familyId) ?? null };
    const { outcome, list } = tokenRevocationTransition(row, token, this.clock.now(), REVOCATION_LIFE_MS);
    if (outcome === 'family_ended') this.rows.end(familyId, TOO_MANY_REVOKED);
    if (list) {
      this.revokedTokens.set(familyId, list);
      this.revocations.write('token', tokenId);
    }
    return outcome;
  }

  /** Ids of the access tokens of a family that were revoked by themselves. */
  revokedTokensOf(familyId: string): readonly string[] {
    return revokedTokenIds(this.revokedTokens.get(familyId) ?? null);
  }

  async sweep(limit: number): Promise<number> {
    return this.rows.sweep(limit);
  }

  /** Makes a family `ms` older: every instant of its row moves back by that much. */
  age(familyId: string, ms: number): void {
    this.rows.age(familyId, ms);
  }

  /** Moves the subject's epoch and ends its families, and what ends with them. */
  endSubject(subject: string, reason: string): void {
    this.revocations.write('subject_stale', subject, this.subjects.advance(subject));
    this.rows.endOf(subject, reason);
    this.endOthers(subject, reason);
  }

  private do(
    row: FamilyRow | null,
    { change, outcome }: FamilyTransition<RotationOutcome | RekeyOutcome>,
    attempt: RotationAttempt,
  ): void {
    if (!row || !change) return;
    this.rows.put({ ...row, ...change });
    if (outcome.kind !== 'reused') return;
    this.revocations.write('sign_in', row.id);
    this.revocations.afterEnd(row.id);
    if (attempt.onReuse === 'revoke-subject') this.endSubject(row.subject, `reuse_${outcome.cause}`);
  }
}
