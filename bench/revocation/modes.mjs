// How nodes learn of a revocation: each mode is a database, the options of AuthModule, and how soon it must be known.

/** The interval of the feed's poll, unless an option says something else. */
const POLL_MS = 1_000;
const NUDGED_MS = 50;
const POLLED_MS = POLL_MS + 200;

/**
 * `revocation`: the option of that name, given a connected Redis client where `redis` says that it needs one.
 * `pauseMs`: a revocation comes at a random moment of this time. Where nothing but the poll tells, that is its
 * interval: revocations would fall into step with it otherwise.
 */
export const MODES = {
  lookup: {
    label: 'lookup, PostgreSQL',
    database: 'postgres',
    revocation: () => ({ mode: 'lookup' }),
    targetMs: NUDGED_MS,
  },
  redis: {
    label: 'feed, PostgreSQL, notifications through Redis',
    database: 'postgres',
    redis: true,
    revocation: (redis) => ({ mode: 'feed', redis }),
    targetMs: NUDGED_MS,
  },
  notify: {
    label: 'feed, PostgreSQL, notifications by NOTIFY',
    database: 'postgres',
    revocation: () => ({ mode: 'feed' }),
    targetMs: NUDGED_MS,
  },
  polling: {
    label: 'feed, PostgreSQL, polling alone',
    database: 'postgres',
    revocation: () => ({ mode: 'feed', notifications: false }),
    targetMs: POLLED_MS,
    pauseMs: POLL_MS,
  },
  'mariadb-redis': {
    label: 'feed, MariaDB, notifications through Redis',
    database: 'mariadb',
    redis: true,
    revocation: (redis) => ({ mode: 'feed', redis }),
    targetMs: NUDGED_MS,
  },
};
for (const mode of Object.values(MODES)) mode.pauseMs ??= 100;

/** What runs by default. */
export const DEFAULT_MODES = 'redis,notify,polling,mariadb-redis';
