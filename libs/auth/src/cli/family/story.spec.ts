import { describe, expect, it } from '@jest/globals';
import type { SecurityEventRecord } from '../../audit/security-event-store.js';
import { type Reading, storyOf } from './story.js';

const OPENED_AT = 1_000_000;

/** A family that was refreshed once, `rotatedAt`, and ended for a reuse. */
const family = (rotatedAt: number, revokedAt: number): Reading =>
  ({
    kind: 'refresh-token family',
    now: revokedAt,
    globalEpochNow: 0,
    row: {
      id: 'x',
      subject: 'ada',
      methods: [],
      globalEpoch: 0,
      createdAt: OPENED_AT,
      authenticatedAt: OPENED_AT,
      rotatedAt,
      generation: 1,
      replays: 0,
      replayClosed: false,
      replacedAt: null,
      revokedAt,
      revokedReason: 'reuse_parent_late',
      ip: null,
      userAgent: null,
    },
  }) as never;

const event = (type: SecurityEventRecord['type'], at: number, more: object = {}): SecurityEventRecord => ({
  id: type,
  type,
  at,
  subject: 'ada',
  signInId: 'x',
  reason: null,
  ip: null,
  userAgent: null,
  detail: {},
  ...more,
});

describe('the story of a sign-in', () => {
  it.each([
    ['within a millisecond', OPENED_AT, OPENED_AT],
    ['and was refreshed before its first event was dated', OPENED_AT + 1, OPENED_AT + 2],
  ])('begins with the sign-in when everything happened %s', (_, rotatedAt, revokedAt) => {
    const events = [
      event('signed_in', OPENED_AT + 2, { detail: { mode: 'tokens' } }),
      event('reuse_detected', OPENED_AT + 2, { detail: { cause: 'parent_late', ageMs: 1 } }),
      event('refresh_refused', OPENED_AT + 2, { reason: 'revoked' }),
    ];
    const { chapters } = storyOf(family(rotatedAt, revokedAt), events);
    expect(chapters.map(({ what }) => what)).toEqual([
      'signed in (mode tokens)',
      'refreshed, the last of 1 time',
      expect.stringMatching(/^reuse detected/),
      'a refresh was refused (revoked)',
    ]);
    expect(chapters[0]!.at).toBe(OPENED_AT);
  });
});
