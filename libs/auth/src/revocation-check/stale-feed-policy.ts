import { Logger } from '@nestjs/common';
import type { AuthCounters } from '../audit/auth-counters.js';
import { StoreUnavailableError } from '../errors/auth-error.js';
import { withinDeadline } from '../time/deadline.js';
import type { RevocationFeed } from '../revocation/revocation-feed.js';
import type { ResolvedRevocationOptions } from '../revocation/revocation-options.js';

/** For how long a poll is waited for, in milliseconds, by what comes after it: the table answers for itself. */
const PATIENCE_MS = { lookup: 500, allow: 2_000, refuse: 2_000 } as const;

/** The two ways to check a token of any kind. */
export interface FeedChecks {
  /** By the revocations in memory. Throws when the token is not good. */
  readonly byFeed: () => void;
  /** By the table of record, or by what takes its place. */
  readonly byLookup: (maxStalenessMs: number | null) => Promise<void>;
}

/**
 * What is done where memory alone cannot tell: a route that asks for `0s`, and more revocations than fit, go to the record;
 * a feed that has been silent for too long polls once. A poll that takes too long leaves it to the record as well, one that
 * fails to `onUnavailable`.
 */
export class StaleFeedPolicy {
  private readonly logger = new Logger('AuthModule');
  private allowing = false;

  constructor(
    private readonly feed: RevocationFeed,
    private readonly onUnavailable: ResolvedRevocationOptions['onUnavailable'],
    private readonly counters: AuthCounters,
    /** What is checked, for the log. */
    private readonly tokens: 'access tokens' | 'service tokens',
  ) {}

  /** Throws what the checks throw, and StoreUnavailableError where neither of them can tell. */
  async check(maxStalenessMs: number | null, { byFeed, byLookup }: FeedChecks): Promise<void> {
    if (maxStalenessMs === 0) {
      // What is known to have ended needs no query.
      byFeed();
      return byLookup(0);
    }
    const fallback = maxStalenessMs === null ? this.onUnavailable : 'lookup';
    const isFresh = await this.freshened(maxStalenessMs, fallback);
    if (isFresh) this.allowing = false;
    // What is known to have ended stays so, however old the knowledge is: no older record admits it.
    byFeed();
    if (isFresh) return;
    const { overflowing } = this.feed.status();
    const isSlow = fallback === 'refuse' && !this.feed.failing;
    if (overflowing || fallback === 'lookup' || isSlow) {
      this.counters.fallbacks.lookup++;
      const checked = byLookup(maxStalenessMs);
      if (overflowing || !isSlow) return checked;
      // When nothing answers, a request need not wait for the deadline of a second question.
      return Promise.race([checked, this.feed.pollFailure()]);
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

  private async freshened(
    maxStalenessMs: number | null,
    fallback: ResolvedRevocationOptions['onUnavailable'],
  ): Promise<boolean> {
    // Reading all of it again is for the feed to do: it would fail once more, or take long.
    if (this.feed.status().overflowing) return false;
    const patienceMs = PATIENCE_MS[fallback];
    if (fallback !== 'refuse') return this.feed.freshen(maxStalenessMs, patienceMs);
    // No other source is asked while polls fail, so a request sends another poll: the database may just be back.
    const polled = this.feed.freshen(maxStalenessMs);
    // The poll has been sent by then: a store that does not answer fails by its own deadline first.
    await Promise.resolve();
    const answer = await withinDeadline(patienceMs, () => polled);
    return answer.kind === 'answered' && answer.value === true;
  }
}
