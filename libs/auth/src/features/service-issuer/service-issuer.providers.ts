import type { Provider } from '@nestjs/common';
import { AccessTokenVerifier } from '../../access-tokens/access-token-verifier.js';
import { everyAudience, JwtVerifier } from '../../access-tokens/jwt-verifier.js';
import { AuthCounters } from '../../audit/auth-counters.js';
import { SecurityEventSink } from '../../audit/security-event-sink.js';
import { ServiceAuthGuard } from '../../guards/service-auth.guard.js';
import { OAuthExceptionFilter } from './http/oauth-exception.filter.js';
import { RoutesPath } from '../../http/mount-path.js';
import { KeyRing } from '../../keys/key-ring.js';
import { ResolvedAuthOptions } from '../../options/resolve-auth-options.js';
import { RevocationCheck } from '../../revocation-check/revocation-check.js';
import { LocalRevocations } from '../../revocation/local-revocations.js';
import { RevocationFeed } from '../../revocation/revocation-feed.js';
import { ClientAssertions } from './clients/client-assertion.js';
import { ClientAuthenticator } from './clients/client-authenticator.js';
import { ClientCredentialsGrant } from './tokens/client-credentials-grant.js';
import { ServiceAuthenticator } from '../../service-tokens/service-authenticator.js';
import { guardedClientStore } from './clients/service-client-calls.js';
import { ServiceClientStore } from './clients/service-client-store.js';
import { ServiceClients } from './clients/service-clients.js';
import { ServiceTokenIssuer } from './tokens/service-token-issuer.js';
import {
  ServiceFeedCheck,
  ServiceLookupCheck,
  ServiceTokenCheck,
  NoServiceCheck,
} from '../../service-tokens/service-token-check.js';
import { ServiceTokenVerifier } from '../../service-tokens/service-token-verifier.js';
import { SessionService } from '../../sessions/session.service.js';
import { AuthStores } from '../../stores/auth-stores.js';
import { CredentialEnding } from '../../sign-in/credential-ending.js';
import { IssuedTokenReader } from './tokens/issued-token-reader.js';
import { SignInFinder } from './tokens/sign-in-finder.js';
import { UserLoader } from '../../users/user-loader.js';
import { TokenExchange } from './tokens/token-exchange.js';
import { SignInEnding } from '../../sign-in/sign-in-ending.js';
import { GuardedStores } from '../../stores/guarded-stores.js';
import { TokenIntrospection } from './tokens/token-introspection.js';
import { TokenRevocation } from './tokens/token-revocation.js';
import { Clock } from '../../time/clock.js';

type Options = ResolvedAuthOptions;

const ownAudience = ({ issuer, formerIssuers, accessTokens: { audience } }: Options): readonly string[] =>
  everyAudience({ issuer, formerIssuers, audience });

/** What `services: true` adds: clients, their tokens, and the tokens that sign-ins are exchanged for. */
export const SERVICE_PROVIDERS: Provider[] = [
  { provide: ServiceClientStore, inject: [AuthStores, LocalRevocations], useFactory: guardedClientStore },
  {
    provide: ServiceClients,
    inject: [ServiceClientStore, SecurityEventSink],
    useFactory: (store: ServiceClientStore, events: SecurityEventSink) => new ServiceClients(store, events),
  },
  {
    provide: ClientAuthenticator,
    inject: [ServiceClientStore, RoutesPath, ResolvedAuthOptions, Clock, SecurityEventSink],
    useFactory: (
      store: ServiceClientStore,
      path: RoutesPath,
      { issuer, formerIssuers, accessTokens, serviceTokens }: Options,
      clock: Clock,
      events: SecurityEventSink,
    ) => {
      const tokenUrl = () => `${new URL(issuer).origin}${path.get()}/token`;
      const audience = () => [
        issuer,
        ...formerIssuers.filter(({ until }) => clock.now() < until).map((former) => former.issuer),
        ...(serviceTokens.endpointAudience ? [tokenUrl()] : []),
      ];
      return new ClientAuthenticator(
        store,
        new ClientAssertions(audience, accessTokens.clockToleranceMs, clock),
        events,
      );
    },
  },
  {
    provide: ServiceTokenIssuer,
    inject: [KeyRing, ResolvedAuthOptions, Clock],
    useFactory: (keys: KeyRing, { issuer, serviceTokens }: Options, clock: Clock) =>
      new ServiceTokenIssuer(keys, issuer, serviceTokens, clock),
  },
  {
    provide: ClientCredentialsGrant,
    inject: [ServiceTokenIssuer, SecurityEventSink],
    useFactory: (issuer: ServiceTokenIssuer, events: SecurityEventSink) =>
      new ClientCredentialsGrant(issuer, events),
  },
  {
    provide: ServiceTokenCheck,
    inject: [ServiceClientStore, RevocationFeed, ResolvedAuthOptions, AuthCounters],
    useFactory: (
      store: ServiceClientStore,
      feed: RevocationFeed | null,
      { revocation }: Options,
      counters: AuthCounters,
    ): ServiceTokenCheck => {
      const lookedUp = new ServiceLookupCheck(store);
      if (feed) return new ServiceFeedCheck(feed, lookedUp, revocation.onUnavailable, counters);
      return revocation.mode === 'none' ? new NoServiceCheck(lookedUp) : lookedUp;
    },
  },
  {
    provide: ServiceAuthenticator,
    inject: [KeyRing, ServiceTokenCheck, ResolvedAuthOptions, Clock],
    useFactory: (
      keys: KeyRing,
      standing: ServiceTokenCheck,
      { issuer, formerIssuers, accessTokens }: Options,
      clock: Clock,
    ) => {
      // The first alone: the others may be of services, which must not use here what they were given there.
      const audience = accessTokens.audience.slice(0, 1);
      const tokens = new JwtVerifier(keys, { issuer, formerIssuers, ...accessTokens, audience }, clock);
      return new ServiceAuthenticator(new ServiceTokenVerifier(tokens, accessTokens.cacheSize), standing);
    },
  },
  {
    provide: SignInFinder,
    inject: [GuardedStores, UserLoader, SignInEnding],
    useFactory: (
      { subjects, sessions, families }: GuardedStores,
      source: UserLoader,
      endings: SignInEnding,
    ) => new SignInFinder(subjects, sessions, families, source, endings),
  },
  {
    provide: TokenExchange,
    inject: [
      SignInFinder,
      AccessTokenVerifier,
      RevocationCheck,
      SessionService,
      ServiceTokenIssuer,
      SecurityEventSink,
      ResolvedAuthOptions,
    ],
    useFactory: (
      signIns: SignInFinder,
      verifier: AccessTokenVerifier,
      standing: RevocationCheck,
      sessions: SessionService,
      issuer: ServiceTokenIssuer,
      events: SecurityEventSink,
      options: Options,
    ) => new TokenExchange({ signIns, verifier, standing, sessions, issuer, events }, ownAudience(options)),
  },
  {
    provide: IssuedTokenReader,
    inject: [KeyRing, ResolvedAuthOptions, Clock],
    useFactory: (keys: KeyRing, { issuer, formerIssuers, accessTokens }: Options, clock: Clock) => {
      const { clockToleranceMs } = accessTokens;
      return new IssuedTokenReader(keys, { issuer, formerIssuers, clockToleranceMs }, clock);
    },
  },
  {
    provide: TokenIntrospection,
    inject: [IssuedTokenReader, SignInFinder, ServiceClientStore, RevocationCheck],
    useFactory: (
      tokens: IssuedTokenReader,
      signIns: SignInFinder,
      clients: ServiceClientStore,
      standing: RevocationCheck,
    ) => new TokenIntrospection(tokens, signIns, clients, standing, new ServiceLookupCheck(clients)),
  },
  {
    provide: TokenRevocation,
    inject: [
      IssuedTokenReader,
      CredentialEnding,
      ServiceClientStore,
      ResolvedAuthOptions,
      Clock,
      SecurityEventSink,
    ],
    useFactory: (
      tokens: IssuedTokenReader,
      endings: CredentialEnding,
      clients: ServiceClientStore,
      options: Options,
      clock: Clock,
      events: SecurityEventSink,
    ) => new TokenRevocation(tokens, endings, clients, ownAudience(options), clock, events),
  },
  OAuthExceptionFilter,
  ServiceAuthGuard,
];
