import { type Provider } from '@nestjs/common';
import { AuthCounters } from '../audit/auth-counters.js';
import { JwtVerifier } from '../access-tokens/jwt-verifier.js';
import { ServiceAuthGuard } from '../guards/service-auth.guard.js';
import { RevocationFeed } from '../revocation/revocation-feed.js';
import { FeedCheck } from '../revocation-check/feed-check.js';
import { NoCheck, UnavailableCheck } from '../revocation-check/no-check.js';
import { TokenAuthenticator } from '../revocation-check/token-authenticator.js';
import { ServiceAuthenticator } from '../service-tokens/service-authenticator.js';
import { SERVICE_TOKEN_RULES, ServiceTokenCheck } from '../service-tokens/service-token-check.js';
import { ServiceTokenVerifier } from '../service-tokens/service-token-verifier.js';
import { Clock } from '../time/clock.js';
import { IntrospectedTokenAuthenticator } from './introspected-token-authenticator.js';
import { Introspection } from './issuer/introspection.js';
import { PollingCheck } from './polling-check.js';
import { RefusalCounters } from './refusal-counters.js';
import { ResolvedResourceServerOptions } from './resource-server.options.js';
import { nullable, provide } from '../wiring/provide.js';

/** The tokens of other services, judged as those of people are. */
export const RESOURCE_SERVICE_PROVIDERS: Provider[] = [
  provide(
    ServiceTokenVerifier,
    [JwtVerifier, ResolvedResourceServerOptions],
    (tokens, { cacheSize }) => new ServiceTokenVerifier(tokens, cacheSize),
  ),
  provide(
    ServiceTokenCheck,
    [ResolvedResourceServerOptions, nullable(RevocationFeed), Clock, AuthCounters],
    ({ revocation }, feed, clock, counters) => {
      if (revocation.mode !== 'feed' || !feed) return new NoCheck(new UnavailableCheck());
      const polling = new PollingCheck(feed, SERVICE_TOKEN_RULES, clock);
      return new FeedCheck(feed, SERVICE_TOKEN_RULES, polling, revocation.onUnavailable, counters);
    },
  ),
  provide(
    ServiceAuthenticator,
    [ServiceTokenVerifier, ServiceTokenCheck, nullable(Introspection), RefusalCounters],
    (verifier, check, introspection, refusals) =>
      refusals.watch(
        new ServiceAuthenticator(
          introspection
            ? new IntrospectedTokenAuthenticator(verifier, check, introspection)
            : new TokenAuthenticator(verifier, check),
        ),
        ['cachedServiceToken', 'serviceToken'],
      ),
  ),
  ServiceAuthGuard,
];
