import { Logger } from '@nestjs/common';
import type { AuthCounters } from '../audit/auth-counters.js';
import { StoreUnavailableError } from '../errors/auth-error.js';
import type { RevocationFeed } from './revocation-feed.js';
import type { ResolvedRevocationOptions } from './revocation-options.js';

/**
 * For how long a poll is waited for, in milliseconds, by what comes after it: the table answers for itself; memory, which
 * is admitted by at a risk, waits as for a database; null: to its end.
 */
const PATIENCE_MS = { lookup: 500, allow: 2_000, refuse: null } as const;

/** Where a token of whatever kind is judged. */
export interface Judges {
  /** By what is known of the feed. Throws when the token does not stand. */
  readonly bySet: () => void;
  /** By the table of record, or whoever stands for it. */
  readonly byRecord: (maxStalenessMs: number | null) => Promise<void>;
}

/**
 * What is done where memory alone cannot tell: a route that asks for `0s`, and more revocations than fit, go to the record;
 * a feed that has been silent for too long polls once, then does as `onUnavailable` says.
 */
export class FeedReliance {
  private readonly logger = new Logger('AuthModule');
  private allowing = false;

  constructor(
    private readonly feed: RevocationFeed,
    private readonly onUnavailable: ResolvedRevocationOptions['onUnavailable'],
    private readonly counters: AuthCounters,
    /** What is judged, for the log. */
    private readonly tokens: 'access tokens' | 'service tokens',
  ) {}

  /** Throws what the judges throw, and StoreUnavailableError where nobody may be relied on. */
  async judge(maxStalenessMs: number | null, { bySet, byRecord }: Judges): Promise<void> {
    if (maxStalenessMs === 0) return byRecord(0);
    const fallback = maxStalenessMs === null ? this.onUnavailable : 'lookup';
    const isFresh = await this.feed.freshen(maxStalenessMs, PATIENCE_MS[fallback]);
    if (isFresh) this.allowing = false;
    // What is known to have ended stays so, however old the knowledge is: no record of before admits it.
    bySet();
    if (isFresh) return;
    if (this.feed.status().overflowing || fallback === 'lookup') {
      this.counters.fallbacks.lookup++;
      return byRecord(maxStalenessMs);
    }
    if (fallback !== 'allow') {
      this.counters.fallbacks.refuse++;
      throw new StoreUnavailableError({ cause: new Error('the revocation feed is stale') });
    }
    this.counters.fallbacks.allow++;
    if (!this.allowing) {
      this.logger.error(
        `the revocation feed is stale, and "revocation.onUnavailable" is "allow": ${this.tokens} are admitted that may be revoked`,
      );
      this.allowing = true;
    }
  }
}
