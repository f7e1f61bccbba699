import { type Provider } from '@nestjs/common';
import { AuthCounters } from '../audit/auth-counters.js';
import { ResolvedAuthOptions } from '../options/resolve-auth-options.js';
import { AccessTokenLookup } from '../revocation-check/access-token-lookup.js';
import { AccessTokenCheck } from '../revocation-check/revocation-check.js';
import { RevocationLogReader } from '../revocation/revocation-log-reader.js';
import { LocalRevocations } from '../revocation/local-revocations.js';
import { ACCESS_TOKEN_RULES, FeedCheck } from '../revocation-check/feed-check.js';
import { LookupCheck } from '../revocation-check/lookup-check.js';
import { notificationChannelOf, RedisNotifier } from '../revocation/redis-notifier.js';
import { RevocationNotifier } from '../revocation/revocation-notifier.js';
import { RevocationFeed } from '../revocation/revocation-feed.js';
import { NoCheck } from '../revocation-check/no-check.js';
import { AuthStores } from '../stores/auth-stores.js';
import { SharedCaches } from '../stores/shared-caches.js';
import { GuardedStores } from '../stores/guarded-stores.js';
import { Clock } from '../time/clock.js';
import { StoreClock } from '../time/store-clock.js';
import { nullable, provide } from '../wiring/provide.js';

/** Of the age that knowledge may have: how long reading may take, before the tables are asked instead. */
const PART_FOR_READING = 0.6;

/** How this process learns what has ended. Without a feed, its providers are null. */
export const REVOCATION_PROVIDERS: Provider[] = [
  provide(
    nullable(RevocationNotifier),
    [AuthStores, ResolvedAuthOptions],
    (stores, { revocation, issuer }) => {
      if (revocation.mode !== 'feed' || !revocation.notifications) return null;
      return revocation.redis
        ? new RedisNotifier(revocation.redis, notificationChannelOf(issuer))
        : stores.notifier();
    },
  ),
  provide(
    nullable(RevocationFeed),
    [
      AuthStores,
      GuardedStores,
      LocalRevocations,
      nullable(RevocationNotifier),
      ResolvedAuthOptions,
      Clock,
      StoreClock,
      AuthCounters,
    ],
    (stores, { revocations }, changes, notifier, { revocation }, clock, storeClock, counters) => {
      if (revocation.mode !== 'feed') return null;
      const { maxEntries, maxStalenessMs } = revocation;
      const readingMs = maxStalenessMs * PART_FOR_READING;
      const reader = new RevocationLogReader(revocations, maxEntries, clock, readingMs);
      const feed = new RevocationFeed(reader, revocation, clock, storeClock, notifier, counters);
      if (!stores.tellsOwn((own) => feed.revokedHere(own))) changes.subscribe(() => feed.changedHere());
      return feed;
    },
  ),
  provide(
    AccessTokenCheck,
    [GuardedStores, nullable(RevocationFeed), ResolvedAuthOptions, StoreClock, SharedCaches, AuthCounters],
    (stores, feed, { revocation, accessTokens, refreshTokens }, storeClock, { families }, counters) => {
      const rules = {
        maxStalenessMs: revocation.maxStalenessMs,
        replayWindowMs: accessTokens.endOnRotation ? refreshTokens.replayWindowMs : null,
      };
      const signIns = new AccessTokenLookup(stores.lookup, rules, storeClock, counters, families);
      const lookup = new LookupCheck(signIns);
      const { mode, onUnavailable } = revocation;
      if (feed) return new FeedCheck(feed, ACCESS_TOKEN_RULES, lookup, onUnavailable, counters);
      return mode === 'none' ? new NoCheck(lookup) : lookup;
    },
  ),
];
