import { StoreUnavailableError } from '../errors/auth-error.js';
import { RevocationCheck, type RevocableToken } from '../revocation-check/revocation-check.js';
import type { RevocationFeed } from '../revocation/revocation-feed.js';
import type { ServiceToken } from '../service-tokens/service-token.js';
import { checkServiceToken, ServiceTokenCheck } from '../service-tokens/service-token-check.js';
import type { Clock } from '../time/clock.js';
import { msBetween } from '../time/store-clock.js';

/** In place of the table of record, which a resource server does not have: the issuer is asked by a poll that is sent now. */
export class PollingCheck extends RevocationCheck {
  constructor(
    private readonly feed: RevocationFeed,
    private readonly clock: Clock,
  ) {
    super();
  }

  cachedAsGood(): boolean {
    return false;
  }

  async check(token: RevocableToken, maxStalenessMs: number | null): Promise<void> {
    const isKnown = await poll(this.feed, this.clock, maxStalenessMs ?? 0);
    this.feed.set.check(token);
    if (!isKnown) throw unreadable();
  }
}

/** The same for the tokens of services. */
export class ServicePollingCheck extends ServiceTokenCheck {
  constructor(
    private readonly feed: RevocationFeed,
    private readonly clock: Clock,
  ) {
    super();
  }

  cachedAsGood(): boolean {
    return false;
  }

  async check(token: ServiceToken, maxStalenessMs: number | null): Promise<void> {
    const isKnown = await poll(this.feed, this.clock, maxStalenessMs ?? 0);
    // However old the knowledge: what is known to have ended stays so.
    checkServiceToken(token, this.feed.set);
    if (!isKnown) throw unreadable();
  }
}

/** Polls; whether everything is known by then that was announced until `maxStalenessMs` before it was asked. */
async function poll(feed: RevocationFeed, clock: Clock, maxStalenessMs: number): Promise<boolean> {
  const asked = { monotonic: clock.monotonic(), wall: clock.now() };
  // Of the poll under way it waits for the end, and sends another one.
  await feed.freshen(0);
  // Before the time that has passed is read: a poll that was sent in between is never the older one.
  const { lagMs, overflowing } = feed.status();
  const passedMs = msBetween(asked, { monotonic: clock.monotonic(), wall: clock.now() });
  return !overflowing && lagMs !== null && lagMs <= maxStalenessMs + passedMs;
}

function unreadable(): StoreUnavailableError {
  return new StoreUnavailableError({ cause: new Error('the revocation feed cannot be read') });
}

/** Where there is nobody to ask: a route that asks for more than the verified token is refused. */
export class UnavailableCheck extends RevocationCheck {
  cachedAsGood(): boolean {
    return false;
  }

  async check(): Promise<void> {
    throw new StoreUnavailableError({
      cause: new Error('"revocation.mode" is "none": nobody knows what @MaxStaleness asks for'),
    });
  }
}
