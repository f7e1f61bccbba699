import type { SecurityEventRecord } from '../../audit/security-event-store.js';
import type { FamilyReading } from '../../refresh-tokens/refresh-token-family-store.js';
import type { SessionReading } from '../../sessions/session-store.js';
import { inWords } from '../instants.js';
import { eventInWords, reasonInWords } from './reasons.js';

/** Something that happened to a sign-in. */
export interface Chapter {
  /** Epoch milliseconds of the store's clock. */
  readonly at: number;
  readonly what: string;
  readonly ip: string | null;
  readonly userAgent: string | null;
}

/** A sign-in as its row and the kept events tell it. */
export interface Story {
  readonly kind: 'refresh-token family' | 'session';
  readonly id: string;
  readonly subject: string;
  readonly live: boolean;
  /** Why it has ended, or until when it lives. */
  readonly state: string;
  readonly chapters: readonly Chapter[];
}

export type Reading =
  | ({ readonly kind: 'refresh-token family' } & FamilyReading)
  | ({ readonly kind: 'session' } & SessionReading);

export function storyOf(reading: Reading, events: readonly SecurityEventRecord[]): Story {
  const { kind, row } = reading;
  const { id, subject } = row;
  const chapterOf = (event: SecurityEventRecord): Chapter => {
    const { ip, userAgent } = event;
    // An event is dated a moment after its change, by which the row may have changed again: the row's time is exact.
    const at = event.type === 'signed_in' ? Math.min(row.createdAt, event.at) : event.at;
    return { at, what: eventInWords(event), ip, userAgent };
  };
  const opening = events.filter(({ type }) => type === 'signed_in').map(chapterOf);
  const later = events.filter(({ type }) => type !== 'signed_in').map(chapterOf);
  const ofRow = chaptersOf(reading, new Set<string>(events.map(({ type }) => type)));
  // Of one instant: the sign-in comes first, and what the row tells comes before the events that followed it.
  const chapters = [...opening, ...ofRow, ...later].sort((one, other) => one.at - other.at);
  return { kind, id, subject, ...stateOf(reading), chapters };
}

/** What the row says, but for what an event says better. */
function chaptersOf(reading: Reading, told: ReadonlySet<string>): Chapter[] {
  const { row } = reading;
  const bare = { ip: null, userAgent: null };
  const chapters: Chapter[] = [];
  if (!told.has('signed_in'))
    chapters.push({
      ...bare,
      at: row.createdAt,
      what: `opened (${row.methods.join(', ') || 'no method named'})`,
    });
  if (row.authenticatedAt > row.createdAt)
    chapters.push({
      ...bare,
      at: row.authenticatedAt,
      what: `authenticated again (${row.methods.join(', ')})`,
    });
  if (reading.kind === 'session') {
    if (reading.row.seenAt > row.createdAt)
      chapters.push({ ...bare, at: reading.row.seenAt, what: 'last used' });
  } else chapters.push(...rotationsOf(reading));
  if (
    row.revokedAt !== null &&
    !told.has('sign_in_ended') &&
    !told.has('reuse_detected') &&
    !told.has('subject_ended')
  )
    chapters.push({ ...bare, at: row.revokedAt, what: `ended: ${reasonInWords(row.revokedReason)}` });
  return chapters;
}

/** The row has the last rotation of a family, and counts the others. */
function rotationsOf({ row }: FamilyReading): Chapter[] {
  const { generation, rotatedAt, replays, replayClosed, replacedAt, replacedHashes, ip, userAgent } = row;
  const bare = { ip: null, userAgent: null };
  const found: Chapter[] = [];
  if (generation > 0) {
    const times = `refreshed, the last of ${generation} time${generation === 1 ? '' : 's'}`;
    const how = replayClosed ? '; with a new secret, as after a step-up or a change of credentials' : '';
    found.push({ at: rotatedAt, what: `${times}${how}`, ip, userAgent });
  }
  if (replays > 0)
    found.push({
      ...bare,
      at: rotatedAt,
      what: `the token before was used ${replays} more time${replays === 1 ? '' : 's'}, and got the same answer (a retry or a second tab)`,
    });
  if (replacedAt !== null)
    found.push({
      ...bare,
      at: replacedAt,
      what: `a late retry replaced the token (${replacedHashes.length / 64} since the last refresh)`,
    });
  return found;
}

function stateOf({ row, globalEpochNow, now }: Reading): Pick<Story, 'live' | 'state'> {
  const ended = (state: string) => ({ live: false, state });
  if (row.revokedAt !== null) return ended(reasonInWords(row.revokedReason));
  if (!(row.globalEpoch >= globalEpochNow)) return ended('everything was revoked (revokeEverything)');
  if (now >= row.expiresAt)
    return ended(
      `it reached its absolute limit, ${inWords(row.expiresAt - row.createdAt)} after it was opened`,
    );
  if (now >= row.idleExpiresAt)
    return ended(`it was not used until its idle limit, ${inWords(now - row.idleExpiresAt)} ago`);
  return {
    live: true,
    state: `it is good for ${inWords(Math.min(row.idleExpiresAt, row.expiresAt) - now)} more without a use, and for ${inWords(row.expiresAt - now)} at most`,
  };
}
