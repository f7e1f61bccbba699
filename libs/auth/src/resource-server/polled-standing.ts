import { StoreUnavailableError } from '../errors/auth-error.js';
import { AccessTokenStanding, type TokenOnTrial } from '../revocation/access-token-standing.js';
import type { RevocationFeed } from '../revocation/revocation-feed.js';
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
    const asked = { monotonic: this.clock.monotonic(), wall: this.clock.now() };
    // Of the poll under way it waits for the end, and sends another one.
    await this.feed.freshen(0);
    const passed = Math.max(this.clock.monotonic() - asked.monotonic, this.clock.now() - asked.wall);
    const isKnown = this.feed.isFresh((maxStalenessMs ?? 0) + passed);
    this.feed.set.check(token);
    if (!isKnown) throw new StoreUnavailableError({ cause: new Error('the revocation feed cannot be read') });
  }
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
