import type { FamilyReading } from './refresh-token-family-store.js';

/**
 * Why a family that was read can give nothing any more, whatever token is presented to it: told by the read alone,
 * so that nothing is written for it. `undefined`: it may still be alive, and the guarded statement decides.
 */
export function whyDead(
  { row, subjectEpochNow, globalEpochNow, now }: FamilyReading,
  waitedMs: number,
): 'revoked' | 'expired' | undefined {
  if (row.revokedAt !== null || row.globalEpoch < globalEpochNow || subjectEpochNow === null)
    return 'revoked';
  const arrived = now - waitedMs;
  return arrived >= row.expiresAt || arrived >= row.idleExpiresAt ? 'expired' : undefined;
}
