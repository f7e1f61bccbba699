import type { FamilyReading } from './refresh-token-family-store.js';

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
