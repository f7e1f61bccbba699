import { Logger } from '@nestjs/common';
import type { AuthCounters } from '../audit/auth-counters.js';
import { StoreUnavailableError } from '../errors/auth-error.js';
import { withinDeadline } from '../time/within-deadline.js';
import type { RevocationFeed } from '../revocation/revocation-feed.js';
import type { ResolvedRevocationOptions } from '../revocation/revocation-options.js';

/** For how long a poll is waited for, in milliseconds, by what comes after it: the table answers for itself. */
const PATIENCE_MS = { lookup: 500, allow: 2_000, refuse: 2_000 } as const;

/** Where a token of whatever kind is judged. */
export interface FeedChecks {
  /** By what is known of the feed. Throws when the token does not stand. */
  readonly bySet: () => void;
  /** By the table of record, or whoever stands for it. */
  readonly byRecord: (maxStalenessMs: number | null) => Promise<void>;
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
    /** What is judged, for the log. */
    private readonly tokens: 'access tokens' | 'service tokens',
  ) {}

  /** Throws what the judges throw, and StoreUnavailableError where nobody may be relied on. */
  async judge(maxStalenessMs: number | null, { bySet, byRecord }: FeedChecks): Promise<void> {
    if (maxStalenessMs === 0) return byRecord(0);
    const fallback = maxStalenessMs === null ? this.onUnavailable : 'lookup';
    const isFresh = await this.freshened(maxStalenessMs, fallback);
    if (isFresh) this.allowing = false;
    // What is known to have ended stays so, however old the knowledge is: no older record admits it.
    bySet();
    if (isFresh) return;
    const { overflowing } = this.feed.status();
    const isSlow = fallback === 'refuse' && !this.feed.failing;
    if (overflowing || fallback === 'lookup' || isSlow) {
      this.counters.fallbacks.lookup++;
      const judged = byRecord(maxStalenessMs);
      if (overflowing || !isSlow) return judged;
      // When nothing answers, a request need not wait for the deadline of a second question.
      return Promise.race([judged, this.feed.pollFailure()]);
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
    // Nobody else is asked while polls fail, so a request has another one sent: the database may just be back.
    const polled = this.feed.freshen(maxStalenessMs);
    // The poll has been sent by then: a store that does not answer fails by its own deadline first.
    await Promise.resolve();
    const answer = await withinDeadline(patienceMs, () => polled);
    return answer.kind === 'answered' && answer.value === true;
  }
}
