import { mutantsOf } from './mutants-of.mjs';

/** What a process believes of its memory, and how it hears that this is no longer so. */
export const FEED_MUTANTS = [
  ...mutantsOf(
    'sessions/session-near-cache.ts',
    ['near cache', 'what ends what'],
    [
      ['a session that ended is cached', '!index.hasEnded(row.id) &&', ''],
      ['a former cookie is remembered', 'change.order <= knowing.learned', 'change.order <= Infinity'],
      ['the end of everything leaves what is cached', 'row.globalEpoch >= index.globalEpoch &&', ''],
    ],
  ),
  ...mutantsOf(
    'users/user-cache.ts',
    ['near cache', 'what ends what'],
    [
      [
        'former roles are remembered',
        'feed.index.epochOf(loaded.id) === epoch',
        'feed.index.epochOf(loaded.id) >= epoch',
      ],
    ],
  ),
  ...mutantsOf(
    'stores/guarded-stores.ts',
    ['own changes'],
    [
      [
        'a process does not wait to hear of what it changed',
        'if (revokes?.(outcome)) changes.publish();',
        '',
      ],
    ],
  ),
  ...mutantsOf(
    'revocation/revocation-feed.ts',
    ['what ends what'],
    [
      [
        'what others have ended is not asked for',
        'void poll.catch(() => undefined).finally(() => this.schedule());',
        'void poll.catch(() => undefined);',
      ],
    ],
  ),
  ...mutantsOf(
    'revocation-check/stale-feed-policy.ts',
    ['feed check'],
    [
      [
        'what memory knows to have ended is asked of the table',
        '      // What is known to have ended needs no query.\n      byFeed();\n',
        '',
      ],
    ],
  ),
  ...mutantsOf(
    'revocation/revocation-index.ts',
    ['what ends what'],
    [
      ['an access token outlives its sign-in', 'this.ended.has(principal.signInId) || ', ''],
      ['a token that was revoked by itself is admitted', ' || this.tokens.has(id);', ';', ['feed check']],
      ['an access token outlives everything', '!(globalEpoch >= this.global)', '!(globalEpoch >= 0)'],
      ['an access token is not stale', '!(subjectEpoch >= subject.epoch)', '!(subjectEpoch >= 0)'],
    ],
  ),
];
