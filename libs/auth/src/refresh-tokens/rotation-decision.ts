import { equalInConstantTime } from '../crypto/constant-time.js';
import type { ReuseCause } from '../audit/security-event.js';

/** What the decision needs to know of a family's row. Hashes in hex, instants in epoch milliseconds. */
export interface FamilyState {
  readonly generation: number;
  readonly currentHash: string;
  readonly previousHash: string | null;
  /** Up to three hashes, one after the other. */
  readonly replacedHashes: string;
  readonly replacedAt: number | null;
  readonly attemptHash: string | null;
  readonly rotatedAt: number;
  readonly replays: number;
  readonly replayClosed: boolean;
  readonly idleExpiresAt: number;
  readonly expiresAt: number;
  readonly revokedAt: number | null;
  readonly userAgent: string | null;
}

/** A token that was presented; its tag was checked. */
export interface Presentation {
  readonly generation: number;
  readonly hash: string;
  readonly attemptHash: string | null;
  readonly userAgent: string | null;
}

/**
 * The limits that a rotation keeps to, in milliseconds.
 */
export interface RotationRules {
  readonly replayWindowMs: number;
  readonly lateRetryMs: number;
  readonly replayBinding: 'none' | 'user-agent';
  readonly acceptAheadUntil: number | null;
}

/**
 * What to do with a token that was presented.
 */
export type RotationDecision =
  | { readonly kind: 'unknown' | 'revoked' | 'expired' | 'rotate' | 'replay' | 'retry_late' | 'superseded' }
  | { readonly kind: 'catch_up' | 'desynchronised'; readonly distance: number }
  | { readonly kind: 'reuse'; readonly cause: ReuseCause; readonly distance: number };

const HASH_LENGTH = 64;
const MAX_REPLAYS = 100;
const MAX_REPLACEMENTS = 3;
const MAX_AHEAD = 100;

/**
 * The decision table of refresh-token families (RFC 9700, section 4.14.2, made exact): what a presented token means
 * for a row, at the instant its request arrived (`at`, by the database's clock). Pure; every store uses this one.
 */
export function decideRotation(
  row: FamilyState | null,
  presented: Presentation,
  at: number,
  rules: RotationRules,
): RotationDecision {
  if (!row) return { kind: 'unknown' };
  if (row.revokedAt !== null) return { kind: 'revoked' };
  if (at >= row.expiresAt || at >= row.idleExpiresAt) return { kind: 'expired' };

  const distance = row.generation - presented.generation;
  if (distance === 0) {
    if (same(presented.hash, row.currentHash)) return { kind: 'rotate' };
    if (replacedHashes(row).some((hash) => same(presented.hash, hash))) return reuse('replaced', 0);
    return { kind: 'desynchronised', distance: 0 };
  }
  if (distance < 0) {
    const accepted = rules.acceptAheadUntil !== null && at < rules.acceptAheadUntil && -distance <= MAX_AHEAD;
    return { kind: accepted ? 'catch_up' : 'desynchronised', distance: -distance };
  }
  if (distance > 1) return reuse('ancestor', distance);
  if (row.previousHash === null || !same(presented.hash, row.previousHash))
    return reuse('parent_other_hash', 1);
  return decideParent(row, presented, at, rules);
}

function decideParent(
  row: FamilyState,
  presented: Presentation,
  at: number,
  rules: RotationRules,
): RotationDecision {
  if (elapsed(row.rotatedAt, at) <= rules.replayWindowMs) {
    if (row.replayClosed) return { kind: 'superseded' };
    if (rules.replayBinding === 'user-agent' && presented.userAgent !== row.userAgent) {
      return reuse('parent_other_user_agent', 1);
    }
    return { kind: row.replays < MAX_REPLAYS ? 'replay' : 'superseded' };
  }
  const keyed =
    presented.attemptHash !== null &&
    row.attemptHash !== null &&
    same(presented.attemptHash, row.attemptHash);
  if (!keyed || elapsed(row.rotatedAt, at) > rules.lateRetryMs) return reuse('parent_late', 1);
  if (row.replacedAt !== null && elapsed(row.replacedAt, at) <= rules.replayWindowMs) {
    return { kind: row.replays < MAX_REPLAYS ? 'replay' : 'superseded' };
  }
  return { kind: replacedHashes(row).length < MAX_REPLACEMENTS ? 'retry_late' : 'superseded' };
}

/** Milliseconds from `since` to `at`; a clock that went back gives 0. */
export function elapsed(since: number, at: number): number {
  return Math.max(0, at - since);
}

function reuse(cause: ReuseCause, distance: number): RotationDecision {
  return { kind: 'reuse', cause, distance };
}

function replacedHashes(row: FamilyState): string[] {
  const hashes: string[] = [];
  for (let i = 0; i < row.replacedHashes.length; i += HASH_LENGTH) {
    hashes.push(row.replacedHashes.slice(i, i + HASH_LENGTH));
  }
  return hashes;
}

function same(a: string, b: string): boolean {
  return equalInConstantTime(Buffer.from(a, 'hex'), Buffer.from(b, 'hex'));
}
