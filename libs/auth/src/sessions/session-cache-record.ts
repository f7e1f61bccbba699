import type { SessionReading, SessionRow } from './session-store.js';

/** The record of a live session that nodes share: its row, as it was read. */
export type SessionCacheRecord = SessionRow;

/** The part of the row that a request needs; nothing else is shared. */
export function sharedSessionOf({ row }: SessionReading): SessionCacheRecord | null {
  return readSessionCacheRecord(row);
}

/** Strict: a cache may hold anything, and a former version of this package may have written it. */
export function readSessionCacheRecord(value: unknown): SessionCacheRecord | null {
  if (typeof value !== 'object' || value === null) return null;
  const row = value as Readonly<Record<string, unknown>>;
  const { id, secretHash, subject, methods, scopes } = row;
  const texts = [id, secretHash, subject].every((text) => typeof text === 'string' && text !== '');
  if (!texts || !NUMBERS.every((name) => Number.isFinite(row[name])) || row['revokedAt'] !== null)
    return null;
  if (!isWords(methods) || !(scopes === null || isWords(scopes))) return null;
  const numbers = Object.fromEntries(NUMBERS.map((name) => [name, row[name]]));
  return {
    id,
    secretHash,
    subject,
    methods,
    scopes,
    revokedAt: null,
    ...numbers,
  } as unknown as SessionCacheRecord;
}

const NUMBERS = [
  'subjectEpoch',
  'globalEpoch',
  'createdAt',
  'seenAt',
  'idleExpiresAt',
  'expiresAt',
  'authenticatedAt',
] as const;

function isWords(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((word) => typeof word === 'string');
}
