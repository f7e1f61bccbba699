import type { SecurityEventSink } from '../audit/security-event.js';
import type { RefreshRefusal } from '../errors/auth-error.js';
import type { Requester } from '../principal/requester.js';
import type { FamilyRow, RotationOutcome } from './refresh-token-family-store.js';

/** A refusal that revoked nothing. */
export interface Refused {
  readonly kind: Exclude<RefreshRefusal, 'reused'>;
  readonly distance?: number;
}

export function reportRefusal(
  events: SecurityEventSink,
  refused: Refused,
  signInId: string | null,
  { ip, userAgent }: Requester,
  row?: FamilyRow,
): void {
  if (refused.kind === 'desynchronised' && row) {
    const distance = refused.distance ?? 0;
    events.record({
      type: 'family_desynchronised',
      subject: row.subject,
      signInId: row.id,
      distance,
      ip,
      userAgent,
    });
  } else {
    const subject = row?.subject ?? null;
    events.record({ type: 'refresh_refused', reason: refused.kind, subject, signInId, ip, userAgent });
  }
}

export function reportReuse(
  events: SecurityEventSink,
  { cause, distance, ageMs, holder }: Extract<RotationOutcome, { kind: 'reused' }>,
  row: FamilyRow,
  { ip, userAgent }: Requester,
): void {
  const signIn = { subject: row.subject, signInId: row.id };
  events.record({ type: 'reuse_detected', cause, distance, ageMs, holder, ip, userAgent, ...signIn });
}
