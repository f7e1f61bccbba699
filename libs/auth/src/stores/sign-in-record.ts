import type { SignInKind } from '../principal/principal.js';
import type { FamilyRow } from '../refresh-tokens/refresh-token-family-store.js';
import type { SessionRecord } from '../sessions/session-store.js';

/** A live sign-in, as its owner may see it. */
export interface SignInRecord {
  readonly id: string;
  readonly kind: SignInKind;
  readonly createdAt: number;
  readonly lastSeenAt: number;
  readonly expiresAt: number;
  readonly ip: string | null;
  readonly userAgent: string | null;
  readonly label: string | null;
}

/** How many sign-ins a list has at most. */
export const MAX_LISTED = 1_000;

/**
 * A session, as its owner may see it.
 */
export function recordOfSession(row: SessionRecord): SignInRecord {
  return record('session', row, row.seenAt);
}

/**
 * A family, as its owner may see it.
 */
export function recordOfFamily(row: FamilyRow): SignInRecord {
  return record('tokens', row, row.rotatedAt);
}

/** The list of these sign-ins: the newest first, and not without end. */
export function newestFirst(records: readonly SignInRecord[]): SignInRecord[] {
  return [...records].sort((a, b) => b.createdAt - a.createdAt).slice(0, MAX_LISTED);
}

function record(kind: SignInKind, row: SessionRecord | FamilyRow, lastSeenAt: number): SignInRecord {
  const { id, createdAt, expiresAt, ip, userAgent, label } = row;
  return { id, kind, createdAt, lastSeenAt, expiresAt, ip, userAgent, label };
}
