import { AccessTokenRevokedError, StoreUnavailableError } from '../errors/auth-error.js';
import type { RevocationFeed } from '../revocation/revocation-feed.js';
import type { RevocationOptions } from '../revocation/revocation-options.js';
import type { ServiceClientStore } from './service-client-store.js';
import type { ServiceToken } from './service-token.js';

/** Tells whether a genuine service token still stands, or was revoked, or its client changed meanwhile. */
export abstract class ServiceTokenStanding {
  /**
   * Whether it stands, as far as can be told without waiting; false: ask `check`. Throws AccessTokenRevokedError.
   * `maxStalenessMs`: how old the knowledge may be; null: as the options say.
   */
  abstract known(token: ServiceToken, maxStalenessMs: number | null): boolean;

  /** Throws AccessTokenRevoked- and StoreUnavailableError. */
  abstract check(token: ServiceToken, maxStalenessMs: number | null): Promise<void>;
}

/** Asks the table of record about every token: one statement. */
export class LookedUpServiceStanding extends ServiceTokenStanding {
  constructor(private readonly store: Pick<ServiceClientStore, 'standing'>) {
    super();
  }

  known(): boolean {
    return false;
  }

  async check(token: ServiceToken): Promise<void> {
    const { clientEpochNow, globalEpochNow, revoked } = await this.store.standing(
      token.principal.clientId,
      token.id,
    );
    // Written so that what is not a number refuses: a store of somebody else's may answer anything.
    const stands =
      revoked === false &&
      clientEpochNow !== null &&
      token.clientEpoch >= clientEpochNow &&
      token.globalEpoch >= globalEpochNow;
    if (!stands) throw new AccessTokenRevokedError();
  }
}

/** For how long a poll is waited for, in milliseconds, by what comes after it; null: to its end. */
const PATIENCE_MS = { lookup: 500, allow: 2_000, refuse: null } as const;

/**
 * Decides by the announcements in this process's memory: no query. What that cannot tell is asked of `lookedUp`, where
 * there is one and `onUnavailable`, or the route, says so; a process without a database has none, and refuses.
 */
export class FedServiceStanding extends ServiceTokenStanding {
  constructor(
    private readonly feed: RevocationFeed,
    private readonly lookedUp: ServiceTokenStanding | null,
    private readonly onUnavailable: NonNullable<RevocationOptions['onUnavailable']>,
  ) {
    super();
  }

  known(token: ServiceToken, maxStalenessMs: number | null): boolean {
    if (maxStalenessMs === 0 || !this.feed.isFresh(maxStalenessMs)) return false;
    this.checkAgainstSet(token);
    return true;
  }

  async check(token: ServiceToken, maxStalenessMs: number | null): Promise<void> {
    if (maxStalenessMs === 0) return this.look(token, 0);
    const fallback = maxStalenessMs === null ? this.onUnavailable : 'lookup';
    const isFresh = await this.feed.freshen(maxStalenessMs, PATIENCE_MS[fallback]);
    // What is known to have ended stays so, however old the knowledge is.
    this.checkAgainstSet(token);
    if (isFresh) return;
    if (this.feed.status().overflowing || fallback === 'lookup') return this.look(token, maxStalenessMs);
    if (fallback !== 'allow') throw stale();
  }

  private async look(token: ServiceToken, maxStalenessMs: number | null): Promise<void> {
    if (!this.lookedUp) throw stale();
    await this.lookedUp.check(token, maxStalenessMs);
  }

  private checkAgainstSet({ id, principal, clientEpoch, globalEpoch }: ServiceToken): void {
    const { set } = this.feed;
    const stands =
      !set.hasRevoked(id) &&
      clientEpoch >= set.clientEpochOf(principal.clientId) &&
      globalEpoch >= set.globalEpoch;
    if (!stands) throw new AccessTokenRevokedError();
  }
}

function stale(): StoreUnavailableError {
  return new StoreUnavailableError({ cause: new Error('the revocation feed is stale') });
}

/** `revocation.mode: 'none'`: a token stands until it expires, unless a route asks for more. */
export class UncheckedServiceStanding extends ServiceTokenStanding {
  /** `lookedUp`: who is asked then; null: nobody can be, and such a route admits no service. */
  constructor(private readonly lookedUp: ServiceTokenStanding | null = null) {
    super();
  }

  known(_token: ServiceToken, maxStalenessMs: number | null): boolean {
    return maxStalenessMs === null;
  }

  async check(token: ServiceToken, maxStalenessMs: number | null): Promise<void> {
    if (maxStalenessMs === null) return;
    if (!this.lookedUp) throw stale();
    await this.lookedUp.check(token, maxStalenessMs);
  }
}
