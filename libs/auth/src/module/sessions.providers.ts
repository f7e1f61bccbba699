import { type Provider } from '@nestjs/common';
import { AuthCounters } from '../audit/auth-counters.js';
import { DerivedKeys } from '../crypto/derived-keys.js';
import { ResolvedAuthOptions } from '../options/resolve-auth-options.js';
import { RevocationFeed } from '../revocation/revocation-feed.js';
import { SessionNearCache } from '../sessions/session-near-cache.js';
import { SessionActivity } from '../sessions/session-activity.js';
import { SessionResolver } from '../sessions/session-resolver.js';
import { SessionTokenCodec } from '../sessions/session-token.js';
import { SessionService } from '../sessions/session.service.js';
import { SharedCaches } from '../stores/shared-caches.js';
import { GuardedStores } from '../stores/guarded-stores.js';
import { Clock } from '../time/clock.js';
import { StoreClock } from '../time/store-clock.js';

type Options = ResolvedAuthOptions;

/** Sessions: where a request finds its own, and what becomes of its activity. */
export const SESSION_PROVIDERS: Provider[] = [
  {
    provide: SessionTokenCodec,
    inject: [DerivedKeys],
    useFactory: (keys: DerivedKeys) => new SessionTokenCodec(keys),
  },
  {
    provide: SessionNearCache,
    inject: [RevocationFeed, StoreClock, ResolvedAuthOptions, AuthCounters],
    useFactory: (
      feed: RevocationFeed | null,
      storeClock: StoreClock,
      { sessions }: Options,
      counters: AuthCounters,
    ) => new SessionNearCache(feed, storeClock, sessions.cacheSize, counters),
  },
  {
    provide: SessionActivity,
    inject: [GuardedStores, ResolvedAuthOptions, Clock],
    useFactory: ({ sessions }: GuardedStores, options: Options, clock: Clock) =>
      new SessionActivity(sessions, options.sessions, clock),
  },
  {
    provide: SessionResolver,
    inject: [
      GuardedStores,
      SessionTokenCodec,
      SessionNearCache,
      SharedCaches,
      SessionActivity,
      RevocationFeed,
      ResolvedAuthOptions,
      StoreClock,
      AuthCounters,
    ],
    useFactory: (
      { sessions }: GuardedStores,
      codec: SessionTokenCodec,
      near: SessionNearCache,
      { sessions: shared }: SharedCaches,
      activity: SessionActivity,
      feed: RevocationFeed | null,
      { revocation }: Options,
      storeClock: StoreClock,
      counters: AuthCounters,
    ) =>
      new SessionResolver(
        sessions,
        codec,
        near,
        shared,
        activity,
        feed,
        revocation.maxStalenessMs,
        storeClock,
        counters,
      ),
  },
  {
    provide: SessionService,
    inject: [GuardedStores, SessionTokenCodec, SessionResolver, ResolvedAuthOptions],
    useFactory: (
      { sessions }: GuardedStores,
      codec: SessionTokenCodec,
      finder: SessionResolver,
      options: Options,
    ) => new SessionService(sessions, codec, finder, options.sessions),
  },
];
