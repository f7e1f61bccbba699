import { timeOrderedUuid } from '../crypto/uuid.js';
import { isSubject } from '../subjects/subject-key.js';
import type { SecurityEvent } from './security-event.js';
import type { SecurityEventRecord } from './security-event-store.js';

/** An event as it waits to be kept. */
export type KeptEvent = Omit<SecurityEventRecord, 'at'>;

/** Every refresh of everybody (the family's row has the last one), and every token of every service: nobody reads them. */
const NOT_KEPT: ReadonlySet<SecurityEvent['type']> = new Set([
  'token_rotated',
  'token_replayed',
  'service_token_issued',
]);

/** Whether the event tells that a subject was forgotten: nothing may be kept of it from here on. */
export function isForgetting(
  event: SecurityEvent,
): event is Extract<SecurityEvent, { type: 'subject_ended' }> {
  return event.type === 'subject_ended' && event.reason === 'forgotten';
}

/** A token or a client that we did not make. Strangers can send any number of them, and none belongs to a subject. */
function isOfStranger(event: SecurityEvent): boolean {
  if (event.type === 'refresh_refused') return event.reason === 'malformed';
  return event.type === 'client_refused' && event.clientId === null;
}

/** What is kept of an event, fit for its columns; null when it is not kept. That somebody was forgotten is kept without a name. */
export function keptEvent(event: SecurityEvent, now: number): KeptEvent | null {
  if (NOT_KEPT.has(event.type) || isOfStranger(event)) return null;
  const { type, ...members } = event;
  const { subject, signInId, reason, ip, userAgent, ...detail } = members as Record<string, unknown>;
  return {
    id: timeOrderedUuid(now),
    type,
    subject: isSubject(subject) && !isForgetting(event) ? subject : null,
    signInId: fitting(signInId, 36),
    reason: fitting(reason, 255),
    ip: fitting(ip, 45),
    userAgent: fitting(userAgent, 255),
    detail,
  };
}

/** One text that a database refuses would keep the others of its batch out. */
function fitting(value: unknown, length: number): string | null {
  if (typeof value !== 'string') return null;
  return value.replaceAll('\0', '').slice(0, length).toWellFormed();
}
