import { RecentSignInRequiredError } from '../errors/recent-sign-in-required-error.js';
import type { Principal } from '../principal/principal.js';
import { type Duration, durationMs } from '../time/duration.js';

/** An instant of authentication that is further ahead is taken for the mistake of a clock. */
const TOLERANCE_MS = 60_000;

/**
 * Whether a user authenticated a short while ago: by a password, another factor or an identity provider, when the sign-in was
 * opened or at a step-up. For services; handlers have `@RequireRecentSignIn`.
 */
export class RecentSignIn {
  /** @internal */
  constructor(
    /** The time by which sign-ins are opened, in epoch milliseconds. */
    private readonly now: () => number,
  ) {}

  /**
   * Returns if the user authenticated at most `maxAge` ago.
   *
   * @throws RecentSignInRequiredError (401) otherwise, and when the time of the authentication is unknown.
   * @throws TypeError for a `maxAge` that is no duration.
   * @example
   * ```ts
   * import type { Principal, RecentSignIn } from 'nestjs-aerie';
   *
   * export function removeAccount(recent: RecentSignIn, user: Principal) {
   *   recent.require(user, '5m');
   *   // ...
   * }
   * ```
   */
  require(principal: Pick<Principal, 'authenticatedAt'>, maxAge: Duration): void {
    const ms = durationMs(maxAge);
    if (ms === undefined) throw new TypeError(`"maxAge" must be a duration such as "5m"`);
    this.requireWithin(principal, ms);
  }

  /** @internal */
  requireWithin({ authenticatedAt }: Pick<Principal, 'authenticatedAt'>, maxAgeMs: number): void {
    const ageMs = this.now() - authenticatedAt.getTime();
    // NaN fails both comparisons, so a broken value is refused.
    if (!(ageMs <= maxAgeMs && ageMs >= -TOLERANCE_MS)) throw new RecentSignInRequiredError(maxAgeMs);
  }
}
