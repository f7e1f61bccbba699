import { StoreUnavailableError } from '../errors/auth-error.js';
import type { FeedRules } from '../revocation-check/feed-check.js';
import { RevocationCheck } from '../revocation-check/revocation-check.js';
import type { RevocationFeed } from '../revocation/revocation-feed.js';
import type { Clock } from '../time/clock.js';
import { msBetween } from '../time/store-clock.js';

/** In place of the table of record, which a resource server does not have: the issuer is asked by a poll that is sent now. */
export class PollingCheck<T> extends RevocationCheck<T> {
  constructor(
    private readonly feed: RevocationFeed,
    private readonly rules: FeedRules<T>,
    private readonly clock: Clock,
  ) {
    super();
  }

  cachedAsGood(): boolean {
    return false;
  }

  async check(token: T, maxStalenessMs: number | null): Promise<void> {
    const isComplete = await this.poll(maxStalenessMs ?? 0);
    // At any age of the feed: a sign-in that has ended stays ended.
    this.rules.check(token, this.feed.index);
    if (!isComplete)
      throw new StoreUnavailableError({ cause: new Error('the revocation feed cannot be read') });
  }

  /** Polls; whether the feed then has every revocation from before `maxStalenessMs` ago. */
  private async poll(maxStalenessMs: number): Promise<boolean> {
    const asked = { monotonic: this.clock.monotonic(), wall: this.clock.now() };
    // Of the poll under way it waits for the end, and sends another one.
    await this.feed.freshen(0);
    // Before the time that has passed is read: a poll that was sent in between is never the older one.
    const { lagMs, overflowing } = this.feed.status();
    const passedMs = msBetween(asked, { monotonic: this.clock.monotonic(), wall: this.clock.now() });
    return !overflowing && lagMs !== null && lagMs <= maxStalenessMs + passedMs;
  }
}
