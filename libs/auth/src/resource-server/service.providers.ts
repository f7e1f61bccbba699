import { type Provider } from '@nestjs/common';
import { AuthCounters } from '../audit/auth-counters.js';
import { JwtVerifier } from '../access-tokens/jwt-verifier.js';
import { ServiceAuthGuard } from '../guards/service-auth.guard.js';
import { RevocationFeed } from '../revocation/revocation-feed.js';
import { ServiceAuthenticator } from '../service-tokens/service-authenticator.js';
import {
  ServiceFeedCheck,
  ServiceTokenCheck,
  NoServiceCheck,
} from '../service-tokens/service-token-check.js';
import { ServiceTokenVerifier } from '../service-tokens/service-token-verifier.js';
import { Clock } from '../time/clock.js';
import { IntrospectedServiceAuthenticator } from './introspected-authenticator.js';
import { Introspection } from './issuer/introspection.js';
import { ServicePollingCheck } from './polling-check.js';
import { RefusalCounters } from './refusal-counters.js';
import { ResolvedResourceServerOptions } from './resource-server.options.js';

type Options = ResolvedResourceServerOptions;

/** The tokens of other services, judged as those of people are. */
export const RESOURCE_SERVICE_PROVIDERS: Provider[] = [
  {
    provide: ServiceTokenVerifier,
    inject: [JwtVerifier, ResolvedResourceServerOptions],
    useFactory: (tokens: JwtVerifier, { cacheSize }: Options) => new ServiceTokenVerifier(tokens, cacheSize),
  },
  {
    provide: ServiceTokenCheck,
    inject: [ResolvedResourceServerOptions, RevocationFeed, Clock, AuthCounters],
    useFactory: (
      { revocation }: Options,
      feed: RevocationFeed | null,
      clock: Clock,
      counters: AuthCounters,
    ) => {
      if (revocation.mode !== 'feed' || !feed) return new NoServiceCheck();
      const polled = new ServicePollingCheck(feed, clock);
      return new ServiceFeedCheck(feed, polled, revocation.onUnavailable, counters);
    },
  },
  {
    provide: ServiceAuthenticator,
    inject: [ServiceTokenVerifier, ServiceTokenCheck, Introspection, RefusalCounters],
    useFactory: (
      verifier: ServiceTokenVerifier,
      standing: ServiceTokenCheck,
      introspection: Introspection | null,
      refusals: RefusalCounters,
    ) =>
      refusals.watch(
        introspection
          ? new IntrospectedServiceAuthenticator(verifier, standing, introspection)
          : new ServiceAuthenticator(verifier, standing),
        ['cachedServiceToken', 'serviceToken'],
      ),
  },
  ServiceAuthGuard,
];
