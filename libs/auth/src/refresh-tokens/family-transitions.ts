import type {
  FamilyRow,
  RekeyAttempt,
  RekeyOutcome,
  RotationAttempt,
  RotationOutcome,
} from './refresh-token-family-store.js';
import { replayTransition } from './replayed-row.js';
import { decideRotation, elapsed, type RotationDecision } from './rotation-decision.js';

/**
 * What a store does with a row that it holds locked: write `change`, and answer `outcome`. When the outcome is
 * `reused`, the store also announces the end of the family, and ends the whole subject where the attempt says so:
 * all in one transaction, which is committed before anybody hears of it.
 */
export interface FamilyTransition<Outcome> {
  readonly outcome: Outcome;
  /** Null: the row stays as it is. */
  readonly change: Partial<FamilyRow> | null;
}

type DecidedReuse = Extract<RotationDecision, { kind: 'reuse' }>;

/** Presents a token to a locked row; `now` is the store's clock when its statement was sent. Pure. */
export function rotationTransition(
  row: FamilyRow | null,
  attempt: RotationAttempt,
  now: number,
  waitedMs: number,
): FamilyTransition<RotationOutcome> {
  const at = now - waitedMs;
  const decision = decideRotation(row, attempt.presented, at, attempt.rules);
  if (!row) return unchanged({ kind: 'unknown' });
  const { salt, successorHash: currentHash } = attempt;
  const ageMs = elapsed(row.rotatedAt, at);
  switch (decision.kind) {
    case 'rotate':
      return { outcome: { kind: 'rotated' }, change: nextGeneration(row, attempt, now) };
    case 'catch_up':
      return {
        outcome: { kind: 'caught_up', distance: decision.distance },
        change: nextGeneration(row, attempt, now),
      };
    case 'replay': {
      const { change, foreignReplays } = replayTransition(row, attempt.presented);
      const { idleExpiresAt } = row;
      const held = { salt: row.salt, currentHash: row.currentHash, holder: holderOf(row) };
      return { outcome: { kind: 'replayed', ...held, idleExpiresAt, ageMs, foreignReplays }, change };
    }
    case 'retry_late': {
      const replacedHashes = row.replacedHashes + row.currentHash;
      return {
        outcome: { kind: 'retried_late', idleExpiresAt: row.idleExpiresAt, ageMs },
        change: { currentHash, salt, replacedHashes, replacedAt: now },
      };
    }
    case 'reuse':
      return reuse(row, decision, now, ageMs);
    case 'desynchronised':
      return unchanged({ kind: 'desynchronised', distance: decision.distance });
    default:
      return unchanged({ kind: decision.kind });
  }
}

/**
 * The same for a re-keying: only the current token will do; with its parent it is refused, and nothing is revoked for
 * it. `subjectEpoch`: where the subject changes in the same transaction, its new epoch.
 */
export function rekeyTransition(
  row: FamilyRow | null,
  attempt: RekeyAttempt,
  now: number,
  waitedMs: number,
  subjectEpoch?: number,
): FamilyTransition<RekeyOutcome> {
  const at = now - waitedMs;
  const decision = decideRotation(row, attempt.presented, at, attempt.rules);
  if (!row) return unchanged({ kind: 'unknown' });
  switch (decision.kind) {
    case 'rotate': {
      const { methods } = attempt.authenticated ?? {};
      const { ip, userAgent } = row;
      const change = {
        ...nextGeneration(row, attempt, now),
        ip,
        userAgent,
        attemptHash: null,
        replayClosed: true,
        ...(methods && { authenticatedAt: now, methods }),
        ...(subjectEpoch !== undefined && { subjectEpoch }),
      };
      const { idleExpiresAt } = change;
      return { outcome: { kind: 'rekeyed', now, idleExpiresAt, row: { ...row, ...change } }, change };
    }
    case 'reuse':
      return reuse(row, decision, now, elapsed(row.rotatedAt, at));
    case 'replay':
    case 'retry_late':
      return unchanged({ kind: 'superseded' });
    case 'catch_up':
    case 'desynchronised':
      return unchanged({ kind: 'desynchronised', distance: decision.distance });
    default:
      return unchanged({ kind: decision.kind });
  }
}

/** The presented token becomes the parent, its successor current: the absolute limit stays where it is. */
function nextGeneration(row: FamilyRow, attempt: RotationAttempt, now: number) {
  const { presented, successorHash, salt, idleMs, ip } = attempt;
  return {
    previousHash: presented.hash,
    currentHash: successorHash,
    salt,
    attemptHash: presented.attemptHash,
    generation: presented.generation + 1,
    rotatedAt: now,
    idleExpiresAt: Math.min(now + idleMs, row.expiresAt),
    replays: 0,
    replacedHashes: '',
    replacedAt: null,
    replayClosed: false,
    ip,
    userAgent: presented.userAgent,
  };
}

function reuse(row: FamilyRow, { cause, distance }: DecidedReuse, now: number, ageMs: number) {
  return {
    outcome: { kind: 'reused' as const, cause, distance, ageMs, holder: holderOf(row) },
    change: { revokedAt: now, revokedReason: `reuse_${cause}` },
  };
}

function unchanged<Outcome>(outcome: Outcome): FamilyTransition<Outcome> {
  return { outcome, change: null };
}

function holderOf({ ip, userAgent }: FamilyRow) {
  return { ip, userAgent };
}
