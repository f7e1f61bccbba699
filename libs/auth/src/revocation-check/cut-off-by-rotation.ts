import type { RotationStatus } from './sign-in-lookup.js';

/**
 * Whether a rotation has ended an access token: it is of an older generation than its family, and not of the parent's
 * inside the replay window, whose client may not have heard of the rotation yet. `now`: the store's clock. What is not a
 * number has ended it.
 */
export function isCutOffByRotation(
  generation: number,
  family: RotationStatus,
  now: number,
  replayWindowMs: number,
): boolean {
  // Newer than the table's: the database has lost a rotation, which ends nothing.
  if (generation >= family.generation) return false;
  const excepted =
    generation === family.generation - 1 &&
    family.replayClosed === false &&
    now - family.rotatedAt <= replayWindowMs;
  return !excepted;
}
