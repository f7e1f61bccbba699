import { type Provider } from '@nestjs/common';
import { AuthCounters } from '../audit/auth-counters.js';
import { DerivedKeys } from '../crypto/derived-keys.js';
import { ResolvedAuthOptions } from '../options/resolve-auth-options.js';
import { RevocationFeed } from '../revocation/revocation-feed.js';
import { SessionData } from '../sessions/session-data.js';
import { SessionNearCache } from '../sessions/session-near-cache.js';
import { SessionActivity } from '../sessions/session-activity.js';
import { SessionResolver } from '../sessions/session-resolver.js';
import { SessionTokenCodec } from '../sessions/session-token.js';
import { SessionService } from '../sessions/session.service.js';
import { SharedCaches } from '../stores/shared-caches.js';
import { GuardedStores } from '../stores/guarded-stores.js';
import { Clock } from '../time/clock.js';
import { StoreClock } from '../time/store-clock.js';
import { nullable, provide } from '../wiring/provide.js';

/** Sessions: where a request finds its own, and what becomes of its activity. */
export const SESSION_PROVIDERS: Provider[] = [
  provide(SessionData, [GuardedStores], ({ sessions }) => new SessionData(sessions)),
  provide(SessionTokenCodec, [DerivedKeys], (keys) => new SessionTokenCodec(keys)),
  provide(
    SessionNearCache,
    [nullable(RevocationFeed), StoreClock, ResolvedAuthOptions, AuthCounters],
    (feed, storeClock, { sessions }, counters) =>
      new SessionNearCache(feed, storeClock, sessions.cacheSize, counters),
  ),
  provide(
    SessionActivity,
    [GuardedStores, ResolvedAuthOptions, Clock],
    ({ sessions }, options, clock) => new SessionActivity(sessions, options.sessions, clock),
  ),
  provide(
    SessionResolver,
    [
      GuardedStores,
      SessionTokenCodec,
      SessionNearCache,
      SharedCaches,
      SessionActivity,
      nullable(RevocationFeed),
      ResolvedAuthOptions,
      StoreClock,
      AuthCounters,
    ],
    (stores, codec, near, shared, activity, feed, { revocation: { maxStalenessMs } }, storeClock, counters) =>
      new SessionResolver(
        stores.sessions,
        codec,
        near,
        shared.sessions,
        activity,
        feed,
        maxStalenessMs,
        storeClock,
        counters,
      ),
  ),
  provide(
    SessionService,
    [GuardedStores, SessionTokenCodec, SessionResolver, ResolvedAuthOptions],
    ({ sessions }, codec, resolver, options) =>
      new SessionService(sessions, codec, resolver, options.sessions),
  ),
];
