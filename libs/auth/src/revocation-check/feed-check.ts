import type { AuthCounters } from '../audit/auth-counters.js';
import type { RevocationFeed } from '../revocation/revocation-feed.js';
import type { RevocableToken, RevocationIndex } from '../revocation/revocation-index.js';
import type { ResolvedRevocationOptions } from '../revocation/revocation-options.js';
import { RevocationCheck } from './revocation-check.js';
import { StaleFeedPolicy } from './stale-feed-policy.js';

/** How the tokens of one kind are checked against the revocations in memory. */
export interface FeedRules<T> {
  /** What is checked, for the log. */
  readonly tokens: 'access tokens' | 'service tokens';
  /** Throws AccessTokenRevoked- and AccessTokenStaleError. */
  readonly check: (token: T, index: RevocationIndex) => void;
}

export const ACCESS_TOKEN_RULES: FeedRules<RevocableToken> = {
  tokens: 'access tokens',
  check: (token, index) => index.check(token),
};

/** Decides by the revocations in this process's memory: no query, unless they cannot tell. */
export class FeedCheck<T> extends RevocationCheck<T> {
  private readonly policy: StaleFeedPolicy;

  constructor(
    private readonly feed: RevocationFeed,
    private readonly rules: FeedRules<T>,
    private readonly lookupCheck: RevocationCheck<T>,
    onUnavailable: ResolvedRevocationOptions['onUnavailable'],
    counters: AuthCounters,
  ) {
    super();
    this.policy = new StaleFeedPolicy(feed, onUnavailable, counters, rules.tokens);
  }

  cachedAsGood(token: T, maxStalenessMs: number | null): boolean {
    if (maxStalenessMs === 0 || !this.feed.isFresh(maxStalenessMs)) return false;
    this.rules.check(token, this.feed.index);
    return true;
  }

  override refuseIfKnown(token: T): void {
    this.rules.check(token, this.feed.index);
  }

  check(token: T, maxStalenessMs: number | null): Promise<void> {
    return this.policy.check(maxStalenessMs, {
      byFeed: () => this.rules.check(token, this.feed.index),
      byLookup: (most) => this.lookupCheck.check(token, most),
    });
  }
}
