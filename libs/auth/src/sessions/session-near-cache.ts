import { LRUCache } from 'lru-cache';
import type { AuthCounters } from '../audit/auth-counters.js';
import type { RevocationFeed } from '../revocation/revocation-feed.js';
import type { Moment, StoreClock } from '../time/store-clock.js';
import type { SessionReading, SessionRow } from './session-store.js';
import { SESSION_TOKEN_LENGTH } from './session-token.js';

/** A session that this process or another one read from the table, and the state of the feed when the read began. */
export interface NearSession {
  readonly row: SessionRow;
  /** By the store's clock. */
  readonly readAt: number;
  /** Grows with activity that this process has seen. */
  seenAt: number;
  idleExpiresAt: number;
  readonly knowing: Knowledge;
}

/** The state of the feed at an instant. */
export interface Knowledge {
  readonly version: number;
  readonly learned: number;
}

/** How long a session is cached without a new read: far less than the life of a revocation (an hour at least). */
const BELIEVED_MS = 5 * 60_000;

/**
 * Sessions in this process's memory, by their cookie's value: a hit costs no query. The feed keeps them true: a session is
 * used only while the feed is fresh and has no revocation of it. Without a feed the cache stays empty. The key is the whole
 * text of the cookie, as for access tokens: a hit was checked before.
 */
export class SessionNearCache {
  private readonly sessions: LRUCache<string, NearSession> | null;

  constructor(
    private readonly feed: RevocationFeed | null,
    private readonly storeClock: StoreClock,
    size: number,
    private readonly counters: AuthCounters,
  ) {
    this.sessions = feed && size > 0 ? new LRUCache({ max: size }) : null;
  }

  get size(): number {
    return this.sessions?.size ?? 0;
  }

  /** The live session of a cookie's value, if memory can tell. `at`: this moment. */
  find(
    value: unknown,
    maxStalenessMs: number | null,
    at: Moment = this.storeClock.moment(),
  ): NearSession | undefined {
    const { sessions, feed } = this;
    if (!sessions || !feed || maxStalenessMs === 0 || !feed.isFresh(maxStalenessMs, at)) return undefined;
    if (typeof value !== 'string' || value.length !== SESSION_TOKEN_LENGTH) return undefined;
    const near = sessions.get(value);
    if (!near) return undefined;
    if (this.isTrue(near, feed, at)) {
      this.counters.nearHits++;
      return near;
    }
    sessions.delete(value);
    return undefined;
  }

  /** Call it before a session is read, and pass the result back with the session. */
  knowledge(): Knowledge {
    return { version: this.feed?.version ?? 0, learned: this.feed?.index.learned ?? 0 };
  }

  keep(
    value: string,
    { row, now: readAt }: Pick<SessionReading, 'row' | 'now'>,
    knowing: Knowledge,
  ): NearSession {
    const { seenAt, idleExpiresAt } = row;
    const near = { row, readAt, seenAt, idleExpiresAt, knowing };
    this.sessions?.set(value, near);
    return near;
  }

  private isTrue(near: NearSession, { index, version }: RevocationFeed, at: Moment): boolean {
    const { row, readAt, idleExpiresAt, knowing } = near;
    // The table decides on limits that seem to have passed: other nodes may have seen activity.
    const now = this.storeClock.at(at) ?? Number.NaN;
    const change = index.changeOf(row.id);
    return (
      knowing.version === version &&
      !index.hasEnded(row.id) &&
      (change === undefined || change.order <= knowing.learned) &&
      row.globalEpoch >= index.globalEpoch &&
      now - readAt < BELIEVED_MS &&
      now < row.expiresAt &&
      now < idleExpiresAt
    );
  }
}
