import { isLive } from '../subjects/is-live.js';
import type { FamilyReplacement, FamilyRow, NewFamily } from './refresh-token-family-store.js';

/** The row of a family that is opened at an instant of the store's clock. */
export function openFamily(family: NewFamily, now: number): FamilyRow {
  const { id, epochs, currentHash, salt, methods, scopes, ip, userAgent, label } = family;
  const expiresAt = now + family.absoluteMs;
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
    authenticatedAt: now,
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
