import { type DynamicModule, type Provider } from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import { AccessTokenVerifier } from '../access-tokens/access-token-verifier.js';
import { JwtVerifier } from '../access-tokens/jwt-verifier.js';
import { AuthCounters } from '../audit/auth-counters.js';
import { ProcessStatus } from '../audit/process-status.js';
import { OriginCheck } from '../context/origin-check.js';
import { RequestAuthenticator } from '../context/request-authenticator.js';
import { AnyAuthGuard } from '../guards/any-auth.guard.js';
import { GlobalGuard } from '../guards/global-guard.js';
import { JwtAuthGuard } from '../guards/jwt-auth.guard.js';
import { RolesGuard } from '../guards/roles.guard.js';
import { ServiceAuthGuard } from '../guards/service-auth.guard.js';
import { AuthExceptionFilter } from '../http/auth-exception.filter.js';
import { StaticKeys } from '../keys/published-key.js';
import { RemoteKeys } from '../keys/remote-keys.js';
import { VerificationKeys } from '../keys/verification-keys.js';
import { LiveSignIns } from '../live/live-sign-ins.js';
import { FetchHttpClient, HttpClient } from '../http-client/http-client.js';
import { RevocationNotifier } from '../revocation/revocation-notifier.js';
import { RevocationFeed } from '../revocation/revocation-feed.js';
import { ServiceAuthenticator } from '../service-tokens/service-authenticator.js';
import { RecentSignIn } from '../sign-in/recent-sign-in.js';
import { Clock, SystemClock } from '../time/clock.js';
import { nullable, provide } from '../wiring/provide.js';
import { CIRCLE_CHECK_PROVIDER } from '../wiring/provider-circle.js';
import { Introspection } from './issuer/introspection.js';
import { RefusalCounters } from './refusal-counters.js';
import { ResourceAuthenticator } from './resource-authenticator.js';
import { ResourceServerLifecycle } from './resource-server.lifecycle.js';
import { ResolvedResourceServerOptions, resolveResourceServerOptions } from './resource-server.options.js';
import { refuseStructural, type ResourceServerStructuralOptions } from './resource-server.structure.js';
import { ResourceStatus } from './resource-status.js';
import { RESOURCE_REVOCATION_PROVIDERS } from './revocation.providers.js';
import { RESOURCE_SERVICE_PROVIDERS } from './service.providers.js';

/** What a resource server is made of: the same verifier and guards as an issuer, over keys that are asked for. */
export function composeResourceServerModule(
  definition: DynamicModule,
  structure: ResourceServerStructuralOptions,
  optionsToken: string | symbol,
): DynamicModule {
  return {
    ...definition,
    global: structure.isGlobal !== false,
    // forRootAsync hands its imports over in the definition.
    imports: [...(definition.imports ?? []), ...(structure.imports ?? [])],
    providers: [
      ...(definition.providers ?? []),
      provide(ResolvedResourceServerOptions, [optionsToken], (given) => {
        refuseStructural(given);
        return resolveResourceServerOptions(given);
      }),
      CIRCLE_CHECK_PROVIDER,
      ...PROVIDERS,
      ...RESOURCE_REVOCATION_PROVIDERS,
      ...RESOURCE_SERVICE_PROVIDERS,
      ...(structure.globalGuard ? [GlobalGuard] : []),
    ],
    exports: EXPORTED,
  };
}

const PROVIDERS: Provider[] = [
  { provide: Clock, useClass: SystemClock },
  { provide: HttpClient, useClass: FetchHttpClient },
  AuthCounters,
  RefusalCounters,
  provide(
    ResourceStatus,
    [
      ResolvedResourceServerOptions,
      AuthCounters,
      RefusalCounters,
      VerificationKeys,
      nullable(RevocationFeed),
      nullable(RevocationNotifier),
      nullable(Introspection),
    ],
    (options, counters, refusals, keys, feed, notifier, introspection) => {
      const remote = keys instanceof RemoteKeys ? keys : null;
      return new ResourceStatus(options, counters, refusals, { keys: remote, feed, notifier, introspection });
    },
  ),
  { provide: ProcessStatus, useExisting: ResourceStatus },
  provide(
    VerificationKeys,
    [ResolvedResourceServerOptions, HttpClient, Clock],
    ({ jwksUri, jwks, algorithms, keys }, http, clock) =>
      jwksUri === null
        ? new StaticKeys(jwks ?? [], 'jwks.keys', algorithms)
        : new RemoteKeys({ url: jwksUri, algorithms, ...keys }, http, clock),
  ),
  provide(
    JwtVerifier,
    [VerificationKeys, ResolvedResourceServerOptions, Clock],
    (keys, { issuer, formerIssuers, audience, clockToleranceMs }, clock) =>
      new JwtVerifier(keys, { issuer, formerIssuers, audience, clockToleranceMs }, clock),
  ),
  provide(
    AccessTokenVerifier,
    [JwtVerifier, ResolvedResourceServerOptions],
    (tokens, { cacheSize }) => new AccessTokenVerifier(tokens, cacheSize),
  ),
  provide(RecentSignIn, [Clock], (clock) => new RecentSignIn(() => clock.now())),
  provide(
    RequestAuthenticator,
    [ResourceAuthenticator, ResolvedResourceServerOptions, RecentSignIn],
    (authenticator, { accessTokenCookie: access, trustedOrigins }, recent) =>
      new RequestAuthenticator(
        authenticator,
        { session: null, access },
        new OriginCheck(trustedOrigins),
        recent,
      ),
  ),
  provide(
    ResourceServerLifecycle,
    [VerificationKeys, nullable(RevocationFeed), ResolvedResourceServerOptions],
    (keys, feed, options) =>
      new ResourceServerLifecycle(keys instanceof RemoteKeys ? keys : null, feed, options),
  ),
  JwtAuthGuard,
  // For `globalGuard` alone: it leaves handlers for services to their own guard.
  AnyAuthGuard,
  RolesGuard,
  AuthExceptionFilter,
  { provide: APP_FILTER, useExisting: AuthExceptionFilter },
];

const EXPORTED = [
  ResourceStatus,
  ProcessStatus,
  ResourceAuthenticator,
  RequestAuthenticator,
  LiveSignIns,
  RecentSignIn,
  AccessTokenVerifier,
  VerificationKeys,
  ResolvedResourceServerOptions,
  ServiceAuthenticator,
  JwtAuthGuard,
  ServiceAuthGuard,
  RolesGuard,
];
