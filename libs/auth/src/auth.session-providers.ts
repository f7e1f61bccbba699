import { type Provider } from '@nestjs/common';
import { ResolvedAuthOptions } from './options/resolve-auth-options.js';
import { RevocationFeed } from './revocation/revocation-feed.js';
import { NearSessions } from './sessions/near-sessions.js';
import { SessionActivity } from './sessions/session-activity.js';
import { SessionService } from './sessions/session.service.js';
import { StoresInUse } from './sign-in/stores-in-use.js';
import { Clock } from './time/clock.js';
import { StoreClock } from './time/store-clock.js';

type Options = ResolvedAuthOptions;

/** Sessions: where a request finds its own, and what becomes of its activity. */
export const SESSION_PROVIDERS: Provider[] = [
  {
    provide: NearSessions,
    inject: [RevocationFeed, StoreClock, ResolvedAuthOptions],
    useFactory: (feed: RevocationFeed | null, storeClock: StoreClock, { sessions }: Options) =>
      new NearSessions(feed, storeClock, sessions.cacheSize),
  },
  {
    provide: SessionActivity,
    inject: [StoresInUse, ResolvedAuthOptions],
    useFactory: ({ sessions }: StoresInUse, options: Options) =>
      new SessionActivity(sessions, options.sessions),
  },
  {
    provide: SessionService,
    inject: [
      StoresInUse,
      NearSessions,
      SessionActivity,
      RevocationFeed,
      ResolvedAuthOptions,
      Clock,
      StoreClock,
    ],
    useFactory: (
      { sessions }: StoresInUse,
      near: NearSessions,
      activity: SessionActivity,
      feed: RevocationFeed | null,
      options: Options,
      clock: Clock,
      storeClock: StoreClock,
    ) => new SessionService(sessions, near, activity, feed, options.sessions, clock, storeClock),
  },
];
