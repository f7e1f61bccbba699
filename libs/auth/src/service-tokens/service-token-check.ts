import type { AuthCounters } from '../audit/auth-counters.js';
import { AccessTokenRevokedError, StoreUnavailableError } from '../errors/auth-error.js';
import { StaleFeedPolicy } from '../revocation-check/stale-feed-policy.js';
import type { RevocationFeed } from '../revocation/revocation-feed.js';
import type { ResolvedRevocationOptions } from '../revocation/revocation-options.js';
import type { RevocationIndex } from '../revocation/revocation-index.js';
import { SharedQuestions } from '../revocation-check/shared-questions.js';
import type {
  ServiceClientStore,
  ServiceTokenRecord,
} from '../features/service-issuer/clients/service-client-store.js';
import type { ServiceToken } from './service-token.js';

/** Tells whether a genuine service token still stands, or was revoked, or its client changed meanwhile. */
export abstract class ServiceTokenCheck {
  /**
   * Whether it stands, as far as can be told without waiting; false: ask `check`. Throws AccessTokenRevokedError.
   * `maxStalenessMs`: how old the knowledge may be; null: as the options say.
   */
  abstract cachedAsGood(token: ServiceToken, maxStalenessMs: number | null): boolean;

  /** Throws AccessTokenRevoked- and StoreUnavailableError. */
  abstract check(token: ServiceToken, maxStalenessMs: number | null): Promise<void>;
}

/** Asks the table of record about every token: one statement. */
export class ServiceLookupCheck extends ServiceTokenCheck {
  private readonly questions = new SharedQuestions<ServiceTokenRecord>();

  constructor(private readonly store: Pick<ServiceClientStore, 'status'>) {
    super();
  }

  cachedAsGood(): boolean {
    return false;
  }

  async check(token: ServiceToken): Promise<void> {
    const { clientId } = token.principal;
    const { clientEpochNow, globalEpochNow, revoked } = await this.questions.ask(
      JSON.stringify([clientId, token.id]),
      () => this.store.status(clientId, token.id),
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

/** Decides by the revocations in this process's memory: no query, unless they cannot tell. */
export class ServiceFeedCheck extends ServiceTokenCheck {
  private readonly reliance: StaleFeedPolicy;

  constructor(
    private readonly feed: RevocationFeed,
    private readonly lookedUp: ServiceTokenCheck,
    onUnavailable: ResolvedRevocationOptions['onUnavailable'],
    counters: AuthCounters,
  ) {
    super();
    this.reliance = new StaleFeedPolicy(feed, onUnavailable, counters, 'service tokens');
  }

  cachedAsGood(token: ServiceToken, maxStalenessMs: number | null): boolean {
    if (maxStalenessMs === 0 || !this.feed.isFresh(maxStalenessMs)) return false;
    checkServiceToken(token, this.feed.set);
    return true;
  }

  check(token: ServiceToken, maxStalenessMs: number | null): Promise<void> {
    return this.reliance.judge(maxStalenessMs, {
      bySet: () => checkServiceToken(token, this.feed.set),
      byRecord: (most) => this.lookedUp.check(token, most),
    });
  }
}

/** By what was announced of the token itself, its client and everything. Throws AccessTokenRevokedError. */
export function checkServiceToken(
  { id, principal, clientEpoch, globalEpoch }: ServiceToken,
  set: RevocationIndex,
): void {
  // Written so that what is not a number refuses.
  const stands =
    !set.hasRevoked(id) &&
    clientEpoch >= set.clientEpochOf(principal.clientId) &&
    globalEpoch >= set.globalEpoch;
  if (!stands) throw new AccessTokenRevokedError();
}

/** `revocation.mode: 'none'`: a token stands until it expires, unless a route asks for more. */
export class NoServiceCheck extends ServiceTokenCheck {
  /** `lookedUp`: who is asked then; null: nobody can be, and such a route admits no service. */
  constructor(private readonly lookedUp: ServiceTokenCheck | null = null) {
    super();
  }

  cachedAsGood(_token: ServiceToken, maxStalenessMs: number | null): boolean {
    return maxStalenessMs === null;
  }

  async check(token: ServiceToken, maxStalenessMs: number | null): Promise<void> {
    if (maxStalenessMs === null) return;
    if (!this.lookedUp) throw unknowable();
    await this.lookedUp.check(token, maxStalenessMs);
  }
}

function unknowable(): StoreUnavailableError {
  return new StoreUnavailableError({
    cause: new Error('"revocation.mode" is "none": nobody knows what @MaxStaleness asks for'),
  });
}
