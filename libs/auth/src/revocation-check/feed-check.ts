import type { AuthCounters } from '../audit/auth-counters.js';
import { RevocationCheck, type RevocableToken } from './revocation-check.js';
import { StaleFeedPolicy } from './stale-feed-policy.js';
import type { ResolvedRevocationOptions } from '../revocation/revocation-options.js';
import type { RevocationFeed } from '../revocation/revocation-feed.js';

/** Decides by the revocations in this process's memory: no query, unless they cannot tell. */
export class FeedCheck extends RevocationCheck {
  private readonly reliance: StaleFeedPolicy;

  constructor(
    private readonly feed: RevocationFeed,
    private readonly lookedUp: RevocationCheck,
    onUnavailable: ResolvedRevocationOptions['onUnavailable'],
    counters: AuthCounters,
  ) {
    super();
    this.reliance = new StaleFeedPolicy(feed, onUnavailable, counters, 'access tokens');
  }

  cachedAsGood(token: RevocableToken, maxStalenessMs: number | null): boolean {
    if (maxStalenessMs === 0 || !this.feed.isFresh(maxStalenessMs)) return false;
    this.feed.set.check(token);
    return true;
  }

  check(token: RevocableToken, maxStalenessMs: number | null): Promise<void> {
    return this.reliance.judge(maxStalenessMs, {
      bySet: () => this.feed.set.check(token),
      byRecord: (most) => this.lookedUp.check(token, most),
    });
  }
}
