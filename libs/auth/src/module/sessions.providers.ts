import { type Provider } from '@nestjs/common';
import { AuthCounters } from '../audit/auth-counters.js';
import { DerivedKeys } from '../crypto/derived-keys.js';
import { ResolvedAuthOptions } from '../options/resolve-auth-options.js';
import { RevocationFeed } from '../revocation/revocation-feed.js';
import { NearSessions } from '../sessions/near-sessions.js';
import { SessionActivity } from '../sessions/session-activity.js';
import { SessionFinder } from '../sessions/session-finder.js';
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
    provide: NearSessions,
    inject: [RevocationFeed, StoreClock, ResolvedAuthOptions, AuthCounters],
    useFactory: (
      feed: RevocationFeed | null,
      storeClock: StoreClock,
      { sessions }: Options,
      counters: AuthCounters,
    ) => new NearSessions(feed, storeClock, sessions.cacheSize, counters),
  },
  {
    provide: SessionActivity,
    inject: [GuardedStores, ResolvedAuthOptions, Clock],
    useFactory: ({ sessions }: GuardedStores, options: Options, clock: Clock) =>
      new SessionActivity(sessions, options.sessions, clock),
  },
  {
    provide: SessionFinder,
    inject: [
      GuardedStores,
      SessionTokenCodec,
      NearSessions,
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
      near: NearSessions,
      { sessions: shared }: SharedCaches,
      activity: SessionActivity,
      feed: RevocationFeed | null,
      { revocation }: Options,
      storeClock: StoreClock,
      counters: AuthCounters,
    ) =>
      new SessionFinder(
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
    inject: [GuardedStores, SessionTokenCodec, SessionFinder, ResolvedAuthOptions],
    useFactory: (
      { sessions }: GuardedStores,
      codec: SessionTokenCodec,
      finder: SessionFinder,
      options: Options,
    ) => new SessionService(sessions, codec, finder, options.sessions),
  },
];
