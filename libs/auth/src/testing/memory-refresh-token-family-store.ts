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
import { replayedRow } from '../refresh-tokens/replayed-row.js';
import { decideRotation, elapsed, type RotationDecision } from '../refresh-tokens/rotation-decision.js';
import type { OpeningOutcome } from '../subjects/opening-outcome.js';
import type { Clock } from '../time/clock.js';
import type { MemorySubjectStore } from './memory-subject-store.js';

type Reused = Extract<RotationOutcome, { kind: 'reused' }>;

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
    const { row, decision, now, ageMs } = this.decide(attempt);
    if (!row) return { kind: 'unknown' };
    const { successorHash: currentHash, salt } = attempt;
    switch (decision.kind) {
      case 'rotate':
        this.change(row, nextGeneration(row, attempt, now));
        return { kind: 'rotated' };
      case 'catch_up':
        this.change(row, nextGeneration(row, attempt, now));
        return { kind: 'caught_up', distance: decision.distance };
      case 'replay': {
        const { change, foreignReplays } = replayedRow(row, attempt.presented);
        this.change(row, change);
        const { salt, currentHash, idleExpiresAt } = row;
        return {
          kind: 'replayed',
          salt,
          currentHash,
          idleExpiresAt,
          ageMs,
          foreignReplays,
          holder: holderOf(row),
        };
      }
      case 'retry_late':
        this.change(row, {
          currentHash,
          salt,
          replacedHashes: row.replacedHashes + row.currentHash,
          replacedAt: now,
        });
        return { kind: 'retried_late', idleExpiresAt: row.idleExpiresAt, ageMs };
      case 'reuse':
        return this.reuse(row, decision, attempt, ageMs);
      case 'desynchronised':
        return { kind: 'desynchronised', distance: decision.distance };
      default:
        return { kind: decision.kind };
    }
  }

  async rekey(attempt: RekeyAttempt): Promise<RekeyOutcome> {
    const { row, decision, now, ageMs } = this.decide(attempt);
    if (!row) return { kind: 'unknown' };
    switch (decision.kind) {
      case 'rotate': {
        const rekeyed = this.change(row, {
          currentHash: attempt.successorHash,
          salt: attempt.salt,
          previousHash: row.currentHash,
          attemptHash: null,
          generation: row.generation + 1,
          rotatedAt: now,
          idleExpiresAt: Math.min(now + attempt.idleMs, row.expiresAt),
          ...UNREPLAYED,
          replayClosed: true,
          ...(attempt.authenticated && { authenticatedAt: now, methods: attempt.authenticated.methods }),
        });
        return { kind: 'rekeyed', now, idleExpiresAt: rekeyed.idleExpiresAt, row: rekeyed };
      }
      case 'reuse':
        return this.reuse(row, decision, attempt, ageMs);
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

  private decide(attempt: RotationAttempt) {
    const row = this.rows.get(attempt.familyId) ?? null;
    const now = this.clock.now();
    const at = now - attempt.waitedMs();
    const decision = decideRotation(row, attempt.presented, at, attempt.rules);
    return { row, decision, now, ageMs: row ? elapsed(row.rotatedAt, at) : 0 };
  }

  private reuse(
    row: FamilyRow,
    { cause, distance }: Extract<RotationDecision, { kind: 'reuse' }>,
    attempt: RotationAttempt,
    ageMs: number,
  ): Reused {
    const reason = `reuse_${cause}`;
    this.end(row, reason);
    if (attempt.onReuse === 'revoke-subject') this.endSubject(row.subject, reason);
    return { kind: 'reused', cause, distance, ageMs, holder: holderOf(row) };
  }

  private end(row: FamilyRow, reason: string): void {
    this.change(row, { revokedAt: this.clock.now(), revokedReason: reason });
    this.announced.push(row.id);
  }

  private change(row: FamilyRow, change: Partial<FamilyRow>): FamilyRow {
    const changed = { ...row, ...change };
    this.rows.set(row.id, changed);
    return changed;
  }
}

const UNREPLAYED = { replays: 0, replacedHashes: '', replacedAt: null };

function nextGeneration(row: FamilyRow, attempt: RotationAttempt, now: number): Partial<FamilyRow> {
  const { presented, successorHash, salt, idleMs, ip } = attempt;
  return {
    currentHash: successorHash,
    salt,
    ip,
    previousHash: presented.hash,
    attemptHash: presented.attemptHash,
    userAgent: presented.userAgent,
    generation: presented.generation + 1,
    rotatedAt: now,
    idleExpiresAt: Math.min(now + idleMs, row.expiresAt),
    ...UNREPLAYED,
    replayClosed: false,
  };
}

function holderOf({ ip, userAgent }: FamilyRow) {
  return { ip, userAgent };
}
