import { AttemptLimiter } from '../../attempts/attempt-limiter.js';
import type { Provider } from '@nestjs/common';
import { AccessTokenVerifier } from '../../access-tokens/access-token-verifier.js';
import { everyAudience, JwtVerifier } from '../../access-tokens/jwt-verifier.js';
import { AuthCounters } from '../../audit/auth-counters.js';
import { SecurityEventSink } from '../../audit/security-event.js';
import { ServiceAuthGuard } from '../../guards/service-auth.guard.js';
import { OAuthExceptionFilter } from './http/oauth-exception.filter.js';
import { RoutesPath } from '../../http/mount-path.js';
import { KeyRing } from '../../keys/key-ring.js';
import { ResolvedAuthOptions } from '../../options/resolve-auth-options.js';
import { FeedCheck } from '../../revocation-check/feed-check.js';
import { LookupCheck } from '../../revocation-check/lookup-check.js';
import { NoCheck } from '../../revocation-check/no-check.js';
import { AccessTokenCheck } from '../../revocation-check/revocation-check.js';
import { TokenAuthenticator } from '../../revocation-check/token-authenticator.js';
import { RevocationFeed } from '../../revocation/revocation-feed.js';
import { ClientAssertions } from './clients/client-assertion.js';
import { ClientAuthenticator } from './clients/client-authenticator.js';
import { ClientCredentialsGrant } from './tokens/client-credentials-grant.js';
import { ServiceAuthenticator } from '../../service-tokens/service-authenticator.js';
import { ServiceClientStore } from './clients/service-client-store.js';
import { ServiceClients } from './clients/service-clients.js';
import { ResolvedServiceIssuerOptions } from './service-issuer-options.js';
import { ServiceTokenIssuer } from './tokens/service-token-issuer.js';
import {
  SERVICE_TOKEN_RULES,
  ServiceTokenCheck,
  ServiceTokenLookup,
} from '../../service-tokens/service-token-check.js';
import { ServiceTokenVerifier } from '../../service-tokens/service-token-verifier.js';
import { SessionService } from '../../sessions/session.service.js';
import { SignOut } from '../../sign-in/sign-out.js';
import { IssuedTokenReader } from './tokens/issued-token-reader.js';
import { SignInFinder } from './tokens/sign-in-finder.js';
import { UserLoader } from '../../users/user-loader.js';
import { TokenExchange } from './tokens/token-exchange.js';
import { GuardedStores } from '../../stores/guarded-stores.js';
import { TokenIntrospection } from './tokens/token-introspection.js';
import { TokenRevocation } from './tokens/token-revocation.js';
import { Clock } from '../../time/clock.js';
import { nullable, provide } from '../../wiring/provide.js';

const ownAudience = ({
  issuer,
  formerIssuers,
  accessTokens: { audience },
}: ResolvedAuthOptions): readonly string[] => everyAudience({ issuer, formerIssuers, audience });

/** Clients, their tokens, and the tokens that sign-ins are exchanged for. */
export const SERVICE_ISSUER_PROVIDERS: Provider[] = [
  provide(
    ServiceClients,
    [ServiceClientStore, SecurityEventSink],
    (store, events) => new ServiceClients(store, events),
  ),
  provide(
    ClientAuthenticator,
    [
      ServiceClientStore,
      RoutesPath,
      ResolvedAuthOptions,
      ResolvedServiceIssuerOptions,
      Clock,
      SecurityEventSink,
      AttemptLimiter,
    ],
    (store, path, { issuer, formerIssuers, accessTokens }, { endpointAudience }, clock, ...rest) => {
      const tokenUrl = () => `${new URL(issuer).origin}${path.get()}/token`;
      const audience = () => [
        issuer,
        ...formerIssuers.filter(({ until }) => clock.now() < until).map((former) => former.issuer),
        ...(endpointAudience ? [tokenUrl()] : []),
      ];
      const assertions = new ClientAssertions(audience, accessTokens.clockToleranceMs, clock);
      return new ClientAuthenticator(store, assertions, ...rest);
    },
  ),
  provide(
    ServiceTokenIssuer,
    [KeyRing, ResolvedAuthOptions, ResolvedServiceIssuerOptions, Clock],
    (keys, { issuer }, options, clock) => new ServiceTokenIssuer(keys, issuer, options, clock),
  ),
  provide(
    ClientCredentialsGrant,
    [ServiceTokenIssuer, SecurityEventSink],
    (issuer, events) => new ClientCredentialsGrant(issuer, events),
  ),
  provide(
    ServiceTokenCheck,
    [ServiceClientStore, nullable(RevocationFeed), ResolvedAuthOptions, AuthCounters],
    (store, feed, { revocation }, counters) => {
      const lookup = new LookupCheck(new ServiceTokenLookup(store));
      const { mode, onUnavailable } = revocation;
      if (feed) return new FeedCheck(feed, SERVICE_TOKEN_RULES, lookup, onUnavailable, counters);
      return mode === 'none' ? new NoCheck(lookup) : lookup;
    },
  ),
  provide(
    ServiceAuthenticator,
    [KeyRing, ServiceTokenCheck, ResolvedAuthOptions, Clock],
    (keys, check, { issuer, formerIssuers, accessTokens }, clock) => {
      // The first alone: the others may be of services, which must not use here what they were given there.
      const audience = accessTokens.audience.slice(0, 1);
      const tokens = new JwtVerifier(keys, { issuer, formerIssuers, ...accessTokens, audience }, clock);
      const verifier = new ServiceTokenVerifier(tokens, accessTokens.cacheSize);
      return new ServiceAuthenticator(new TokenAuthenticator(verifier, check));
    },
  ),
  provide(
    SignInFinder,
    [GuardedStores, UserLoader, SignOut],
    ({ subjects, sessions, families }, users, signOut) =>
      new SignInFinder(subjects, sessions, families, users, signOut),
  ),
  provide(
    TokenExchange,
    [
      SignInFinder,
      AccessTokenVerifier,
      AccessTokenCheck,
      SessionService,
      ServiceTokenIssuer,
      SecurityEventSink,
      ResolvedAuthOptions,
    ],
    (signIns, verifier, revocations, sessions, issuer, events, options) =>
      new TokenExchange({ signIns, verifier, revocations, sessions, issuer, events }, ownAudience(options)),
  ),
  provide(
    IssuedTokenReader,
    [KeyRing, ResolvedAuthOptions, Clock],
    (keys, { issuer, formerIssuers, accessTokens: { clockToleranceMs } }, clock) =>
      new IssuedTokenReader(keys, { issuer, formerIssuers, clockToleranceMs }, clock),
  ),
  provide(
    TokenIntrospection,
    [IssuedTokenReader, SignInFinder, ServiceClientStore, AccessTokenCheck],
    (tokens, signIns, clients, check) =>
      new TokenIntrospection(
        tokens,
        signIns,
        clients,
        check,
        new LookupCheck(new ServiceTokenLookup(clients)),
      ),
  ),
  provide(
    TokenRevocation,
    [IssuedTokenReader, SignOut, ServiceClientStore, ResolvedAuthOptions, Clock, SecurityEventSink],
    (tokens, signOut, clients, options, clock, events) =>
      new TokenRevocation(tokens, signOut, clients, ownAudience(options), clock, events),
  ),
  OAuthExceptionFilter,
  ServiceAuthGuard,
];
