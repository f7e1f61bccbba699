import { isLive } from '../subjects/sign-in-limit.js';
import type { NewSession, SessionRecord, SessionRenewal, SessionRow } from './session-store.js';

// A store holds a session's row locked, calls one of these, and writes the change that it returns. Null: no change.

/** The row of a session that is opened at an instant of the store's clock. */
export function openedSession(session: NewSession, now: number): SessionRecord {
  const { id, secretHash, epochs, methods, scopes, ip, userAgent, label } = session;
  const expiresAt = Math.min(now + session.absoluteMs, session.notAfter ?? Infinity);
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
    authenticatedAt: session.authenticatedAt ?? now,
    methods,
    scopes,
    ip,
    userAgent,
    label,
  };
}

/** An activity at the instant `at`. Activities may be written in any order. Pure. */
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
 * The new secret of a session whose present secret was presented. `subjectEpoch`: the subject's new epoch, if the subject
 * changes in the same transaction. Pure.
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
