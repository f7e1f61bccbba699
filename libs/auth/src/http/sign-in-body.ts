import type { SignInRecord } from '../stores/sign-in-record.js';

/** A sign-in as the list shows it. */
export function signInBody(record: SignInRecord, currentId: string): Record<string, unknown> {
  return {
    id: record.id,
    kind: record.kind,
    current: record.id === currentId,
    created_at: new Date(record.createdAt).toISOString(),
    last_seen_at: new Date(record.lastSeenAt).toISOString(),
    expires_at: new Date(record.expiresAt).toISOString(),
    ip: record.ip,
    user_agent: record.userAgent,
  };
}
