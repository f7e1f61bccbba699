import type { Provider } from '@nestjs/common';
import { AccessTokenVerifier } from '../../access-tokens/access-token-verifier.js';
import { everyAudience, JwtVerifier } from '../../access-tokens/jwt-verifier.js';
import { AuthCounters } from '../../audit/auth-counters.js';
import { SecurityEventSink } from '../../audit/security-event-sink.js';
import { ServiceAuthGuard } from '../../guards/service-auth.guard.js';
import { OAuthExceptionFilter } from './http/oauth-exception.filter.js';
import { RoutesPath } from '../../http/routes-path.js';
import { KeyRing } from '../../keys/key-ring.js';
import { ResolvedAuthOptions } from '../../options/resolve-auth-options.js';
import { RevocationCheck } from '../../revocation-check/revocation-check.js';
import { LocalRevocations } from '../../revocation/local-revocations.js';
import { RevocationFeed } from '../../revocation/revocation-feed.js';
import { ClientAssertions } from './clients/client-assertion.js';
import { ClientAuthenticator } from './clients/client-authenticator.js';
import { ClientCredentialsGrant } from './tokens/client-credentials-grant.js';
import { ServiceAuthenticator } from '../../service-tokens/service-authenticator.js';
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
import { GenuineTokens } from './tokens/genuine-tokens.js';
import { LiveSignIns } from './tokens/live-sign-ins.js';
import { UserLoader } from '../../users/user-loader.js';
import { ServiceTokens } from './tokens/service-tokens.js';
import { SignInEnding } from '../../sign-in/sign-in-ending.js';
import { clientsInUse, GuardedStores } from '../../stores/guarded-stores.js';
import { TokenIntrospection } from './tokens/token-introspection.js';
import { TokenRevocation } from './tokens/token-revocation.js';
import { Clock } from '../../time/clock.js';

type Options = ResolvedAuthOptions;

const ownAudience = ({ issuer, formerIssuers, accessTokens: { audience } }: Options): readonly string[] =>
  everyAudience({ issuer, formerIssuers, audience });

/** What `services: true` adds: clients, their tokens, and the tokens that sign-ins are exchanged for. */
export const SERVICE_PROVIDERS: Provider[] = [
  { provide: ServiceClientStore, inject: [AuthStores, LocalRevocations], useFactory: clientsInUse },
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
    provide: LiveSignIns,
    inject: [GuardedStores, UserLoader, SignInEnding],
    useFactory: (
      { subjects, sessions, families }: GuardedStores,
      source: UserLoader,
      endings: SignInEnding,
    ) => new LiveSignIns(subjects, sessions, families, source, endings),
  },
  {
    provide: ServiceTokens,
    inject: [
      LiveSignIns,
      AccessTokenVerifier,
      RevocationCheck,
      SessionService,
      ServiceTokenIssuer,
      SecurityEventSink,
      ResolvedAuthOptions,
    ],
    useFactory: (
      signIns: LiveSignIns,
      verifier: AccessTokenVerifier,
      standing: RevocationCheck,
      sessions: SessionService,
      issuer: ServiceTokenIssuer,
      events: SecurityEventSink,
      options: Options,
    ) => new ServiceTokens({ signIns, verifier, standing, sessions, issuer, events }, ownAudience(options)),
  },
  {
    provide: GenuineTokens,
    inject: [KeyRing, ResolvedAuthOptions, Clock],
    useFactory: (keys: KeyRing, { issuer, formerIssuers, accessTokens }: Options, clock: Clock) => {
      const { clockToleranceMs } = accessTokens;
      return new GenuineTokens(keys, { issuer, formerIssuers, clockToleranceMs }, clock);
    },
  },
  {
    provide: TokenIntrospection,
    inject: [GenuineTokens, LiveSignIns, ServiceClientStore, RevocationCheck],
    useFactory: (
      tokens: GenuineTokens,
      signIns: LiveSignIns,
      clients: ServiceClientStore,
      standing: RevocationCheck,
    ) => new TokenIntrospection(tokens, signIns, clients, standing, new ServiceLookupCheck(clients)),
  },
  {
    provide: TokenRevocation,
    inject: [
      GenuineTokens,
      CredentialEnding,
      ServiceClientStore,
      ResolvedAuthOptions,
      Clock,
      SecurityEventSink,
    ],
    useFactory: (
      tokens: GenuineTokens,
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
