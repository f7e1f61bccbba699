import type {
  FamilyRow,
  RekeyAttempt,
  RekeyOutcome,
  RotationAttempt,
  RotationOutcome,
  FamilyReplacement,
  NewFamily,
  FamilyReading,
} from './refresh-token-family-store.js';
import { decideRotation, elapsed, type RotationDecision, type Presentation } from './rotation-decision.js';
import { isLive } from '../subjects/sign-in-limit.js';

/** The row of a family that is opened at an instant of the store's clock. */
export function openFamily(family: NewFamily, now: number): FamilyRow {
  const { id, epochs, currentHash, salt, methods, scopes, ip, userAgent, label } = family;
  const expiresAt = Math.min(now + family.absoluteMs, family.notAfter ?? Infinity);
  return {
    id,
    subject: epochs.subject,
    subjectEpoch: epochs.epoch,
    globalEpoch: epochs.globalEpoch,
    generation: 0,
    currentHash,
    previousHash: null,
    replacedHashes: '',
    replacedAt: null,
    salt,
    attemptHash: null,
    rotatedAt: now,
    replays: 0,
    foreignReplays: 0,
    foreignReplayGeneration: null,
    replayClosed: false,
    createdAt: now,
    idleExpiresAt: Math.min(now + family.idleMs, expiresAt),
    expiresAt,
    revokedAt: null,
    revokedReason: null,
    authenticatedAt: family.authenticatedAt ?? now,
    methods,
    scopes,
    ip,
    userAgent,
    label,
  };
}

/**
 * The row of the family that takes the place of a live one, whose row the store holds locked: it proves no more and lives no
 * longer than the one before. Null: nothing may take its place. `subjectEpoch`: the subject's new epoch. Pure.
 */
export function replacementRow(
  former: FamilyRow | null,
  { subject, idleMs, ...made }: FamilyReplacement,
  now: number,
  subjectEpoch: number,
): FamilyRow | null {
  if (former?.subject !== subject || !isLive(former, now)) return null;
  const { globalEpoch, methods, scopes, label, authenticatedAt, expiresAt } = former;
  const epochs = { subject, epoch: subjectEpoch, globalEpoch };
  const absoluteMs = expiresAt - now;
  const family = { ...made, epochs, methods, scopes, label, idleMs, absoluteMs, limit: null };
  return { ...openFamily(family, now), authenticatedAt };
}

/**
 * What a store does with a row that it holds locked: write `change`, and answer `outcome`. When the outcome is
 * `reused`, the store also writes the revocation of the family, and ends the whole subject where the attempt says so:
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

/**
 * What a replay changes in the row: the count, and how many generations running were replayed from another user
 * agent than the one that rotated. An honest client changes it once in a while; a thief who shadows one, always.
 */
function replayTransition(row: FamilyRow, presented: Presentation) {
  const replays = row.replays + 1;
  const { generation } = row;
  const last = row.foreignReplayGeneration;
  if (presented.userAgent === row.userAgent || last === generation) {
    return { change: { replays }, foreignReplays: last === generation ? row.foreignReplays : 0 };
  }
  const foreignReplays = last === generation - 1 ? row.foreignReplays + 1 : 1;
  return { change: { replays, foreignReplays, foreignReplayGeneration: generation }, foreignReplays };
}

/**
 * Why a family that was read can give nothing any more, whatever token is presented to it: told by the read alone,
 * so that nothing is written for it. `undefined`: it may still be alive, and the guarded statement decides.
 */
export function deathOf(
  { row, subjectEpochNow, globalEpochNow, now }: FamilyReading,
  waitedMs: number,
): 'revoked' | 'expired' | undefined {
  // Written so that what is not a number is dead: a store of somebody else's may answer anything.
  const ofToday = row.globalEpoch >= globalEpochNow && Number.isFinite(subjectEpochNow);
  if (row.revokedAt !== null || !ofToday) return 'revoked';
  const arrived = now - waitedMs;
  return arrived < row.expiresAt && arrived < row.idleExpiresAt ? undefined : 'expired';
}
