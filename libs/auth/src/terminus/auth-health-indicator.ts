import { Injectable } from '@nestjs/common';
import { type HealthIndicatorResult, HealthIndicatorService } from '@nestjs/terminus';
import { AuthStatus, type FeedState } from '../sign-in/auth-status.js';
import { type Duration, durationMs } from '../time/duration.js';

export interface AuthHealthOptions {
  /** How old what is known of revocations may be. Default: `revocation.maxStaleness`. */
  readonly maxLag?: Duration;
}

/**
 * A health indicator for `@nestjs/terminus`: put it among the providers of the module that imports TerminusModule. It
 * is about whether this process can take requests: made for readiness, not for liveness, as no restart mends a database.
 */
@Injectable()
export class AuthHealthIndicator {
  constructor(
    private readonly health: HealthIndicatorService,
    private readonly status: AuthStatus,
  ) {}

  /**
   * Up while requests can be judged. With the feed: while its lag is at most `maxLag`; until then a database that is
   * away shows in the details alone. In the other modes, and while there are more revocations than fit into memory:
   * while the stores answer. Throws TypeError for a `maxLag` that is no duration.
   */
  async isHealthy<Key extends string>(
    key: Key,
    { maxLag }: AuthHealthOptions = {},
  ): Promise<HealthIndicatorResult<Key>> {
    const maxLagMs = maxLag === undefined ? null : durationMs(maxLag);
    if (maxLagMs === undefined) throw new TypeError('"maxLag" must be a duration such as "5s"');
    const indicator = this.health.check(key);
    const reached = await this.status.reachesStores();
    // Read afterwards: the stores may have kept us waiting.
    const feed = this.status.feed();
    const details = {
      mode: this.status.mode,
      stores: reached ? 'reachable' : 'unreachable',
      ...(feed && detailsOf(feed)),
    };
    const isUp = feed && !feed.overflowing ? isFresh(feed, maxLagMs) : reached;
    return isUp ? indicator.up(details) : indicator.down(details);
  }
}

/** Written so that what is not a number is not fresh. */
function isFresh({ lagMs, maxStalenessMs }: FeedState, maxLagMs: number | null): boolean {
  return lagMs !== null && lagMs <= (maxLagMs ?? maxStalenessMs);
}

function detailsOf({ lagMs, entries, overflowing, nudgesConnected }: FeedState): Record<string, unknown> {
  return { lagMs: lagMs === null ? null : Math.round(lagMs), entries, overflowing, nudgesConnected };
}
