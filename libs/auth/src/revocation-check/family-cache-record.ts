import type { RotationStatus, SignInStatus } from './sign-in-lookup.js';

/** The shared record of a family that lives: what its access tokens are compared with. */
export interface FamilyCacheRecord {
  readonly subjectEpoch: number;
  readonly globalEpoch: number;
  readonly rotation: RotationStatus;
  /** Ids of its access tokens that were revoked by themselves. */
  readonly revokedTokens: readonly string[];
}

/** What of a status may be shared; null for one that does not live, or that a store left incomplete. */
export function familyCacheRecordOf(status: SignInStatus): FamilyCacheRecord | null {
  const { live, subjectEpochNow, globalEpochNow, rotation, revokedTokens } = status;
  return live === true
    ? readFamilyCacheRecord({
        subjectEpoch: subjectEpochNow,
        globalEpoch: globalEpochNow,
        rotation,
        revokedTokens,
      })
    : null;
}

/** Strict: a cache may hold anything, and a former version of this package may have written it. */
export function readFamilyCacheRecord(value: unknown): FamilyCacheRecord | null {
  const { subjectEpoch, globalEpoch, rotation, revokedTokens } = membersOf(value);
  const { generation, rotatedAt, replayClosed } = membersOf(rotation);
  if (!isNumber(subjectEpoch) || !isNumber(globalEpoch)) return null;
  if (!isNumber(generation) || !isNumber(rotatedAt) || typeof replayClosed !== 'boolean') return null;
  if (!areTexts(revokedTokens)) return null;
  return { subjectEpoch, globalEpoch, rotation: { generation, rotatedAt, replayClosed }, revokedTokens };
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}

function areTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((one) => typeof one === 'string');
}

function membersOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
