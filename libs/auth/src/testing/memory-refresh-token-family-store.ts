import { type FamilyStep, rekeyStep, rotationStep } from '../refresh-tokens/family-step.js';
import {
  type FamilyReading,
  type FamilyRow,
  type NewFamily,
  RefreshTokenFamilyStore,
  type RekeyAttempt,
  type RekeyOutcome,
  type RotationAttempt,
  type RotationOutcome,
} from '../refresh-tokens/refresh-token-family-store.js';
import { openedRow } from '../refresh-tokens/opened-row.js';
import type { OpeningOutcome } from '../subjects/opening-outcome.js';
import type { Clock } from '../time/clock.js';
import type { MemorySubjectStore } from './memory-subject-store.js';

/**
 * RefreshTokenFamilyStore in memory: the reference implementation, and a store for tests without a database. Every
 * method is atomic because nothing is awaited between the decision and what it changes.
 */
export class MemoryRefreshTokenFamilyStore extends RefreshTokenFamilyStore {
  private readonly rows = new Map<string, FamilyRow>();
  /** Ids of families, as often as their end was announced. */
  readonly announced: string[] = [];

  constructor(
    private readonly subjects: MemorySubjectStore,
    private readonly clock: Pick<Clock, 'now'>,
  ) {
    super();
  }

  async open(family: NewFamily): Promise<OpeningOutcome> {
    const { epochs } = family;
    if (this.subjects.epochOf(epochs.subject) !== epochs.epoch) return { opened: false };
    const now = this.clock.now();
    const row = openedRow(family, now);
    this.rows.set(row.id, row);
    const { idleExpiresAt, expiresAt } = row;
    return { opened: true, now, idleExpiresAt, expiresAt };
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
    const row = this.rows.get(attempt.familyId) ?? null;
    const step = rotationStep(row, attempt, this.clock.now(), attempt.waitedMs());
    this.do(row, step, attempt);
    return step.outcome;
  }

  async rekey(attempt: RekeyAttempt): Promise<RekeyOutcome> {
    const row = this.rows.get(attempt.familyId) ?? null;
    const step = rekeyStep(row, attempt, this.clock.now(), attempt.waitedMs());
    this.do(row, step, attempt);
    return step.outcome;
  }

  async revoke(familyId: string, reason: string, subject?: string): Promise<boolean> {
    const row = this.rows.get(familyId);
    const now = this.clock.now();
    if (!row || row.revokedAt !== null || now >= row.expiresAt || now >= row.idleExpiresAt) return false;
    if (subject !== undefined && row.subject !== subject) return false;
    this.end(row, reason);
    return true;
  }

  async sweep(limit: number): Promise<number> {
    const now = this.clock.now();
    const past = [...this.rows.values()].filter(({ expiresAt }) => expiresAt < now).slice(0, limit);
    for (const { id } of past) this.rows.delete(id);
    return past.length;
  }

  /** Makes a family `ms` older: every instant of its row moves back by that much. */
  age(familyId: string, ms: number): void {
    const row = this.rows.get(familyId);
    if (!row) return;
    const moved = Object.entries(row)
      .filter(([member, value]) => member.endsWith('At') && value !== null)
      .map(([member, value]) => [member, (value as number) - ms]);
    this.change(row, Object.fromEntries(moved) as Partial<FamilyRow>);
  }

  /** Moves the subject's epoch and ends its families. */
  endSubject(subject: string, reason: string): void {
    this.subjects.advance(subject);
    for (const row of this.rows.values()) {
      if (row.subject === subject && row.revokedAt === null) this.end(row, reason);
    }
  }

  private do(
    row: FamilyRow | null,
    { change, outcome }: FamilyStep<RotationOutcome | RekeyOutcome>,
    attempt: RotationAttempt,
  ): void {
    if (!row || !change) return;
    this.change(row, change);
    if (outcome.kind !== 'reused') return;
    this.announced.push(row.id);
    if (attempt.onReuse === 'revoke-subject') this.endSubject(row.subject, `reuse_${outcome.cause}`);
  }

  private end(row: FamilyRow, reason: string): void {
    this.change(row, { revokedAt: this.clock.now(), revokedReason: reason });
    this.announced.push(row.id);
  }

  private change(row: FamilyRow, change: Partial<FamilyRow>): void {
    const changed = { ...row, ...change };
    this.rows.set(row.id, changed);
  }
}
