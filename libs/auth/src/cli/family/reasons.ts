import type { SecurityEventRecord } from '../../audit/security-event-store.js';
import { inWords } from '../instants.js';

const REUSE: Readonly<Record<string, string>> = {
  parent_late: 'the token before the current one was used again, after its replay window',
  ancestor: 'an older token of the family was used again',
  replaced: 'a token was used that a late retry had replaced',
  parent_other_hash: 'another token of the generation before was used',
  parent_other_user_agent: 'the token before the current one was used again by another user agent',
};

/** Reasons of our own; an application may give others to endAllSignIns(). */
const REASONS: Readonly<Record<string, string>> = {
  signed_out: 'its user signed out',
  ended_by_subject: 'its user ended it from a list of sign-ins (endSignIn)',
  user_disabled: 'the user was disabled (userDisabled)',
  replaced: 'a new sign-in on the same device took its place',
  displaced: 'a newer sign-in went over the limit (maxSignInsPerSubject)',
  idled_out: 'it had passed its idle limit',
  all_ended: 'all sign-ins of the user were ended',
  others_ended: 'the user ended all other sign-ins from another one',
  credentials_changed: 'the password or another credential was changed',
  subject_gone: 'the user is gone or disabled: UserDirectory.loadSubject gave null',
  forgotten: 'the user was forgotten (forgetSubject)',
  roles_changed: 'the roles changed; sign-ins live on, access tokens are made anew',
};

/** What `revoked_reason` means. A reason of the application's own is given as it is. */
export function reasonInWords(reason: string | null | undefined): string {
  if (reason === null || reason === undefined) return 'the reason was not kept';
  const cause = /^reuse_(.+)$/.exec(reason)?.[1];
  if (cause !== undefined)
    return `reuse was detected: ${REUSE[cause] ?? cause}. Two holders had a token, so it was copied, or a client kept an old one`;
  return REASONS[reason] ?? `the application said: ${reason}`;
}

/** What an event tells, without its instant and its origin. */
export function eventInWords({ type, reason, detail }: SecurityEventRecord): string {
  const ms = (name: string) => inWords(Number(detail[name]));
  switch (type) {
    case 'signed_in':
      return `signed in (mode ${String(detail['mode'])})`;
    case 'sign_in_ended':
      return `ended: ${reasonInWords(reason)}`;
    case 'subject_ended':
      return `sign-ins of the user were ended (${String(detail['ended'])}): ${reasonInWords(reason)}`;
    case 'subject_changed':
      return `the user changed: ${reasonInWords(reason)}`;
    case 'token_retried_late':
      return `a lost answer was asked for again, ${ms('ageMs')} after the refresh: a fresh token was given`;
    case 'replay_suspicious':
      return `the token before the current one came from another user agent, ${String(detail['generations'])} refreshes running: somebody may share it`;
    case 'family_caught_up':
      return `a token was ahead of the row by ${String(detail['generations'])}, and the row was moved forward (acceptAheadUntil)`;
    case 'family_desynchronised':
      return `refused, and nothing ended: the token was ahead of the row by ${String(detail['distance'])} (a restored backup, or lost writes)`;
    case 'refresh_refused':
      return `a refresh was refused (${String(reason)})`;
    case 'reuse_detected':
      return `reuse detected: ${REUSE[String(detail['cause'])] ?? String(detail['cause'])}, ${ms('ageMs')} after it was exchanged${holderOf(detail['holder'])}`;
    case 'token_exchanged':
      return `exchanged for a token of a service (${String(detail['audience'])})`;
    default:
      return reason === null ? type : `${type}: ${reason}`;
  }
}

function holderOf(holder: unknown): string {
  const { ip, userAgent } = (holder ?? {}) as { ip?: unknown; userAgent?: unknown };
  if (!ip && !userAgent) return '';
  return `; the last refresh had come from ${[ip, userAgent].filter(Boolean).join(', ')}`;
}
