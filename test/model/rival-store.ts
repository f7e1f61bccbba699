import {
  type FamilyReading,
  type FamilyRow,
  type NewFamily,
  type OpeningOutcome,
  RefreshTokenFamilyStore,
  type RekeyAttempt,
  type RekeyOutcome,
  type RotationAttempt,
  type RotationOutcome,
} from 'nestjs-aerie/stores';
import { type MemorySubjectStore } from 'nestjs-aerie/testing';
import { openFamily } from '../../libs/auth/src/refresh-tokens/family-transitions.js';
import type { ModelStore } from './model-store.js';

/** A token as rivals keep it: a row of its own, never forgotten. */
export interface RivalToken {
  readonly hash: string;
  /** When it was first exchanged; null: not yet. */
  readonly usedAt: number | null;
  readonly lastUsedAt: number;
  readonly successor: { readonly hash: string; readonly salt: string } | null;
  /** It was exchanged in a step-up. */
  readonly closed: boolean;
}

interface RivalFamily {
  readonly row: FamilyRow;
  readonly tokens: readonly RivalToken[];
}

interface Found {
  readonly family: RivalFamily;
  readonly token: RivalToken;
  /** When the request arrived. */
  readonly at: number;
  readonly now: number;
}
type NotFound = Extract<
  RotationOutcome,
  { kind: 'unknown' | 'revoked' | 'expired' | 'superseded' | 'desynchronised' }
>;

/** What a rule makes of a token that was exchanged before. */
export type Again = 'sibling' | 'same' | 'theft';

/**
 * The store of a rival: everything but what to make of a token that was exchanged before is as in this package, the
 * epoch guard of sign-ins, the limits, the age that a request has at its arrival and the step-up included.
 */
export abstract class RivalStore extends RefreshTokenFamilyStore implements ModelStore {
  readonly announced: string[] = [];
  private families: readonly RivalFamily[] = [];

  constructor(
    private readonly subjects: MemorySubjectStore,
    private readonly clock: { now(): number },
  ) {
    super();
  }

  /** `at`: when the request arrived; `unused`: its successor has not been exchanged yet. */
  protected abstract again(token: RivalToken, at: number, windowMs: number, unused: boolean): Again;

  async open(family: NewFamily): Promise<OpeningOutcome> {
    if (this.subjects.epochOf(family.epochs.subject) !== family.epochs.epoch)
      return { opened: false, reason: 'changed' };
    const now = this.clock.now();
    const row = openFamily(family, now);
    this.families = [...this.families, { row, tokens: [fresh(family.currentHash, now)] }];
    const { idleExpiresAt, expiresAt } = row;
    return { opened: true, now, idleExpiresAt, expiresAt, ended: [] };
  }

  async read(familyId: string): Promise<FamilyReading | null> {
    const row = this.find(familyId)?.row;
    if (!row) return null;
    const { globalEpoch: globalEpochNow } = this.subjects;
    return {
      row,
      subjectEpochNow: this.subjects.epochOf(row.subject),
      globalEpochNow,
      now: this.clock.now(),
    };
  }

  async rotate(attempt: RotationAttempt): Promise<RotationOutcome> {
    const { familyId, presented, rules, waitedMs } = attempt;
    const found = this.present(familyId, presented.hash, waitedMs());
    if (!('family' in found)) return found;
    const { family, token, at, now } = found;
    if (token.usedAt === null) {
      this.exchange(family, token, attempt, now, false);
      return { kind: 'rotated' };
    }
    const late = at - token.usedAt > rules.replayWindowMs;
    if (token.closed) return late ? this.theft(family) : { kind: 'superseded' };
    const unused = family.tokens.some(
      ({ hash, usedAt }) => hash === token.successor!.hash && usedAt === null,
    );
    switch (this.again(token, at, rules.replayWindowMs, unused)) {
      case 'theft':
        return this.theft(family);
      case 'sibling':
        this.change(family, {}, [...family.tokens, fresh(attempt.successorHash, now)]);
        return { kind: 'rotated' };
      case 'same': {
        const used = { ...token, lastUsedAt: Math.max(token.lastUsedAt, at) };
        const tokens = family.tokens.map((one) => (one === token ? used : one));
        this.change(family, {}, tokens);
        const { hash: currentHash, salt } = token.successor!;
        const { idleExpiresAt, ip, userAgent } = family.row;
        const holder = { ip, userAgent };
        return { kind: 'replayed', salt, currentHash, idleExpiresAt, ageMs: 0, holder, foreignReplays: 0 };
      }
    }
  }

  async rekey(attempt: RekeyAttempt): Promise<RekeyOutcome> {
    const { familyId, presented, rules, waitedMs } = attempt;
    const found = this.present(familyId, presented.hash, waitedMs());
    if (!('family' in found)) return found;
    const { family, token, at, now } = found;
    if (token.usedAt !== null) {
      return at - token.usedAt > rules.replayWindowMs ? this.theft(family) : { kind: 'superseded' };
    }
    const row = this.exchange(family, token, attempt, now, true);
    return { kind: 'rekeyed', now, idleExpiresAt: row.idleExpiresAt, row };
  }

  async revoke(familyId: string, reason: string): Promise<boolean> {
    const family = this.find(familyId);
    if (!family || family.row.revokedAt !== null) return false;
    this.end(family, reason);
    return true;
  }

  async revokeToken(): Promise<never> {
    throw new Error('no rival revokes an access token by itself');
  }

  async sweep(): Promise<number> {
    return 0;
  }

  endSubject(subject: string, reason: string): void {
    this.subjects.advance(subject);
    for (const family of this.families) {
      if (family.row.subject === subject && family.row.revokedAt === null) this.end(family, reason);
    }
  }

  save() {
    return { families: this.families, announced: this.announced.length };
  }

  restore({ families, announced }: ReturnType<RivalStore['save']>): void {
    this.families = families;
    this.announced.length = announced;
  }

  private present(familyId: string, hash: string, waitedMs: number): Found | NotFound {
    const family = this.find(familyId);
    const now = this.clock.now();
    const at = now - waitedMs;
    if (!family) return { kind: 'unknown' };
    const { revokedAt, expiresAt, idleExpiresAt } = family.row;
    if (revokedAt !== null) return { kind: 'revoked' };
    if (at >= expiresAt || at >= idleExpiresAt) return { kind: 'expired' };
    const token = family.tokens.find((one) => one.hash === hash);
    return token ? { family, token, at, now } : { kind: 'desynchronised', distance: 0 };
  }

  private exchange(
    family: RivalFamily,
    token: RivalToken,
    { successorHash, salt, idleMs }: RotationAttempt,
    now: number,
    closed: boolean,
  ): FamilyRow {
    const successor = { hash: successorHash, salt };
    const used = { ...token, usedAt: now, lastUsedAt: now, successor, closed };
    const tokens = family.tokens.map((one) => (one === token ? used : one));
    const idleExpiresAt = Math.min(now + idleMs, family.row.expiresAt);
    return this.change(family, { idleExpiresAt }, [...tokens, fresh(successorHash, now)]).row;
  }

  private theft(family: RivalFamily) {
    this.end(family, 'reuse');
    const { ip, userAgent } = family.row;
    const holder = { ip, userAgent };
    return { kind: 'reused', cause: 'parent_late', distance: 1, ageMs: 0, holder } as const;
  }

  private end(family: RivalFamily, revokedReason: string): void {
    this.change(family, { revokedAt: this.clock.now(), revokedReason }, family.tokens);
    this.announced.push(family.row.id);
  }

  private change(family: RivalFamily, row: Partial<FamilyRow>, tokens: readonly RivalToken[]): RivalFamily {
    const changed = { row: { ...family.row, ...row }, tokens };
    this.families = this.families.map((one) => (one === family ? changed : one));
    return changed;
  }

  private find(familyId: string): RivalFamily | undefined {
    return this.families.find(({ row }) => row.id === familyId);
  }
}

function fresh(hash: string, now: number): RivalToken {
  return { hash, usedAt: null, lastUsedAt: now, successor: null, closed: false };
}
