import { isLive } from '../subjects/sign-in-limit.js';
import type { NewSession, SessionRecord, SessionRenewal, SessionRow } from './session-store.js';

// What a store does with a session's row that it holds locked: write the change that one of these gives. Null: none.

/** The row of a session that is opened at an instant of the store's clock. */
export function openedSession(session: NewSession, now: number): SessionRecord {
  const { id, secretHash, epochs, methods, scopes, ip, userAgent, label } = session;
  const expiresAt = now + session.absoluteMs;
  return {
    id,
    secretHash,
    subject: epochs.subject,
    subjectEpoch: epochs.epoch,
    globalEpoch: epochs.globalEpoch,
    createdAt: now,
    seenAt: now,
    idleExpiresAt: Math.min(now + session.idleMs, expiresAt),
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

/** An activity at the instant `at`, in whatever order activities are written. Pure. */
export function touchTransition(
  row: SessionRow,
  at: number,
  idleExpiresAt: number,
): Partial<SessionRow> | null {
  if (row.revokedAt !== null || at >= row.idleExpiresAt) return null;
  return {
    seenAt: Math.max(row.seenAt, at),
    idleExpiresAt: Math.max(row.idleExpiresAt, Math.min(row.expiresAt, idleExpiresAt)),
  };
}

/**
 * The new secret of a session whose present one was shown. `subjectEpoch`: where the subject changes in the same
 * transaction, its new epoch. Pure.
 */
export function renewTransition(
  row: SessionRow,
  { secretHash, nextSecretHash, authenticated }: SessionRenewal,
  now: number,
  subjectEpoch?: number,
): Partial<SessionRow> | null {
  if (!isLive(row, now) || row.secretHash !== secretHash) return null;
  return {
    secretHash: nextSecretHash,
    ...(authenticated && { authenticatedAt: now, methods: authenticated.methods }),
    ...(subjectEpoch !== undefined && { subjectEpoch }),
  };
}
