import { Injectable } from '@nestjs/common';
import { type HealthIndicatorResult, HealthIndicatorService } from '@nestjs/terminus';
import { ProcessStatus } from '../audit/process-status.js';
import { type Duration, durationMs } from '../time/duration.js';

/**
 * Options of `AuthHealthIndicator.isHealthy`.
 */
export interface AuthHealthOptions {
  /** The highest age of the data on revocations. Default: `revocation.maxStaleness`. */
  readonly maxLag?: Duration;
}

/**
 * A health indicator for `@nestjs/terminus`: put it among the providers of the module that imports TerminusModule. It
 * is about whether this process can take requests: made for readiness, not for liveness, as no restart mends a database.
 */
@Injectable()
export class AuthHealthIndicator {
  /** @internal */
  constructor(
    private readonly health: HealthIndicatorService,
    private readonly status: ProcessStatus,
  ) {}

  /**
   * Up while requests can be judged. In an issuer: with the feed, while its lag is at most `maxLag`; until then a database
   * that is away shows in the details alone; in the other modes, and while there are more revocations than fit into memory,
   * while the stores answer. In a resource server: while a key of the issuer is known, and with the feed, while its lag is at
   * most `maxLag` and it does not overflow; with introspection, while the issuer answers. Throws TypeError for a `maxLag` that
   * is no duration.
   */
  async isHealthy<Key extends string>(
    key: Key,
    { maxLag }: AuthHealthOptions = {},
  ): Promise<HealthIndicatorResult<Key>> {
    const maxLagMs = maxLag === undefined ? null : durationMs(maxLag);
    if (maxLagMs === undefined) throw new TypeError('"maxLag" must be a duration such as "5s"');
    const indicator = this.health.check(key);
    const { isUp, details } = await this.status.health(maxLagMs);
    return isUp ? indicator.up(details) : indicator.down(details);
  }
}
