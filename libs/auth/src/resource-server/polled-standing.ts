import { StoreUnavailableError } from '../errors/auth-error.js';
import { AccessTokenStanding, type TokenOnTrial } from '../revocation/access-token-standing.js';
import type { RevocationFeed } from '../revocation/revocation-feed.js';
import type { ServiceToken } from '../service-tokens/service-token.js';
import { FedServiceStanding, ServiceTokenStanding } from '../service-tokens/service-token-standing.js';
import type { Clock } from '../time/clock.js';

/** In place of the table of record, which a resource server does not have: the issuer is asked by a poll that is sent now. */
export class PolledStanding extends AccessTokenStanding {
  constructor(
    private readonly feed: RevocationFeed,
    private readonly clock: Clock,
  ) {
    super();
  }

  known(): boolean {
    return false;
  }

  async check(token: TokenOnTrial, maxStalenessMs: number | null): Promise<void> {
    const passedMs = await polled(this.feed, this.clock);
    this.feed.set.check(token);
    if (!this.feed.isFresh((maxStalenessMs ?? 0) + passedMs)) throw unreadable();
  }
}

/** The same for the tokens of services. */
export class PolledServiceStanding extends ServiceTokenStanding {
  private readonly fed: FedServiceStanding;

  constructor(
    private readonly feed: RevocationFeed,
    private readonly clock: Clock,
  ) {
    super();
    this.fed = new FedServiceStanding(feed, null, 'refuse');
  }

  known(): boolean {
    return false;
  }

  async check(token: ServiceToken, maxStalenessMs: number | null): Promise<void> {
    const passedMs = await polled(this.feed, this.clock);
    if (!this.fed.known(token, (maxStalenessMs ?? 0) + passedMs)) throw unreadable();
  }
}

/** Polls; gives the milliseconds since it was asked: a poll that was answered is no older. */
async function polled(feed: RevocationFeed, clock: Clock): Promise<number> {
  const asked = { monotonic: clock.monotonic(), wall: clock.now() };
  // Of the poll under way it waits for the end, and sends another one.
  await feed.freshen(0);
  return Math.max(clock.monotonic() - asked.monotonic, clock.now() - asked.wall);
}

function unreadable(): StoreUnavailableError {
  return new StoreUnavailableError({ cause: new Error('the revocation feed cannot be read') });
}

/** Where there is nobody to ask: a route that asks for more than the verified token is refused. */
export class UnknowableStanding extends AccessTokenStanding {
  known(): boolean {
    return false;
  }

  async check(): Promise<void> {
    throw new StoreUnavailableError({
      cause: new Error('"revocation.mode" is "none": nobody knows what @MaxStaleness asks for'),
    });
  }
}
