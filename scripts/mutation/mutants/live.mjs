import { mutantsOf } from './mutants-of.mjs';

/** Connections that end with their sign-in: what is heard, asked, and given back. */
export const LIVE_MUTANTS = [
  ...mutantsOf(
    'live/sign-in-watch.ts',
    ['watch of connections'],
    [
      [
        'a revocation between guard and connection is lost',
        '    this.check(credential);\n    if (!(this',
        '    if (!(this',
      ],
      ['a stale feed leaves connections open', 'if (this.isPolling || feed.isFresh()) return;', 'return;'],
      ['a refusal while the feed is down ends nothing', "isDown && onUnavailable === 'refuse'", 'false'],
      [
        'a closed connection is watched',
        'credential?.lives.delete(live) && credential.lives.size === 0',
        'credential?.lives.delete(live) && credential.lives.size < 0',
      ],
      ['the timer runs without a connection', 'if (this.size === 0) this.stop();', ''],
      [
        'what its own process has ended is not asked exactly',
        'this.questions.ask(credential, true)',
        'this.questions.ask(credential)',
      ],
    ],
  ),
  ...mutantsOf(
    'live/credential-questions.ts',
    ['watch of connections'],
    [
      [
        'an outage is a sign-out',
        '!(error instanceof AuthError) || error instanceof StoreUnavailableError',
        'false',
      ],
      ['no answer is waited for without a limit', 'now - doubt.since > this.limitMs', 'false'],
      [
        'an answer older than its reason counts',
        "if (doubt.state === 'asking') doubt.again = true;",
        "if (doubt.state === 'asking') doubt.again = false;",
      ],
      ['a change has thousands of questions sent at once', 'if (this.asking >= MAX_ASKING) return;', ''],
    ],
  ),
  ...mutantsOf(
    'live/live-sign-ins.ts',
    ['live sign-ins'],
    [
      ['a former token still ends a renewed connection', 'former?.release();', ''],
      [
        'a client that has gone is watched',
        'if (isClosed(client)) live.release();',
        'if (isClosed(client)) void 0;',
      ],
    ],
  ),
  ...mutantsOf(
    'live/watched-session.ts',
    ['what ends a connection'],
    [
      ['the former cookie stays connected', 'if (row.secretHash !== secretHash) throw', 'if (false) throw'],
      [
        'an idle session stays connected',
        'now < row.expiresAt && now < row.idleExpiresAt',
        'now < row.expiresAt',
      ],
      [
        'former roles stay connected',
        'if (!(subjectEpoch >= index.epochOf(subject)))',
        'if (!(subjectEpoch >= 0))',
      ],
    ],
  ),
  ...mutantsOf(
    'live/watched-token.ts',
    ['what ends a connection'],
    [['an expired token stays connected', 'token.expiresAt + clockToleranceMs', 'Infinity']],
  ),
  ...mutantsOf(
    'context/request-authenticator.ts',
    ['what ends a connection'],
    [['a connection changes its user', 'if (principal.id !== user) throw', 'if (false) throw']],
  ),
];
