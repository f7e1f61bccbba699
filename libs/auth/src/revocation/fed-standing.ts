import { Logger } from '@nestjs/common';
import type { AuthCounters } from '../audit/auth-counters.js';
import { StoreUnavailableError } from '../errors/auth-error.js';
import { AccessTokenStanding, type TokenOnTrial } from './access-token-standing.js';
import type { ResolvedRevocationOptions } from './revocation-options.js';
import type { RevocationFeed } from './revocation-feed.js';

/**
 * For how long a poll is waited for, in milliseconds, by what comes after it: the table answers for itself; memory, which
 * is admitted by at a risk, waits as for a database; null: to its end.
 */
const PATIENCE_MS = { lookup: 500, allow: 2_000, refuse: null } as const;

/**
 * Decides by the announcements in this process's memory: no query. A route that asks for `0s`, and more revocations
 * than fit, go to the table; a feed that has been silent for too long polls once, then does as `onUnavailable` says.
 */
export class FedStanding extends AccessTokenStanding {
  private readonly logger = new Logger('AuthModule');
  private allowing = false;

  constructor(
    private readonly feed: RevocationFeed,
    private readonly lookedUp: AccessTokenStanding,
    private readonly onUnavailable: ResolvedRevocationOptions['onUnavailable'],
    private readonly counters: AuthCounters,
  ) {
    super();
  }

  known(token: TokenOnTrial, maxStalenessMs: number | null): boolean {
    if (maxStalenessMs === 0 || !this.feed.isFresh(maxStalenessMs)) return false;
    this.feed.set.check(token);
    return true;
  }

  async check(token: TokenOnTrial, maxStalenessMs: number | null): Promise<void> {
    if (maxStalenessMs === 0) return this.lookedUp.check(token, 0);
    const fallback = maxStalenessMs === null ? this.onUnavailable : 'lookup';
    if (await this.feed.freshen(maxStalenessMs, PATIENCE_MS[fallback])) {
      this.allowing = false;
      return this.feed.set.check(token);
    }
    // What is known to have ended stays so, however old the knowledge is: no record of before admits it.
    this.feed.set.check(token);
    if (this.feed.status().overflowing || fallback === 'lookup') {
      this.counters.fallbacks.lookup++;
      return this.lookedUp.check(token, maxStalenessMs);
    }
    if (fallback !== 'allow') {
      this.counters.fallbacks.refuse++;
      throw new StoreUnavailableError({ cause: new Error('the revocation feed is stale') });
    }
    this.counters.fallbacks.allow++;
    if (!this.allowing) {
      this.logger.error(
        'the revocation feed is stale, and "revocation.onUnavailable" is "allow": access tokens are admitted that may be revoked',
      );
      this.allowing = true;
    }
  }
}
