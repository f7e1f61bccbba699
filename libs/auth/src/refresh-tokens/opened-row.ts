import type { FamilyRow, NewFamily } from './refresh-token-family-store.js';

/** The row of a family that is opened at an instant of the store's clock. */
export function openedRow(family: NewFamily, now: number): FamilyRow {
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
