import { Controller, type DynamicModule, type Provider, type Type, VERSION_NEUTRAL } from '@nestjs/common';
import { AccessTokenVerifier } from '../access-tokens/access-token-verifier.js';
import { SecurityEvents } from '../audit/security-events.js';
import { type AuthStructuralOptions, isDoor, refuseStructural } from './structural-options.js';
import { checkProviders } from './feature-checks.js';
import { featureProviders } from './features.providers.js';
import { OriginCheck } from '../context/origin-check.js';
import { RequestAuthenticator } from '../context/request-authenticator.js';
import { PasswordHasher } from '../users/password-hasher.js';
import { PasswordPolicy } from '../users/password-policy/password-policy.js';
import { AnyAuthGuard } from '../guards/any-auth.guard.js';
import { GlobalGuard } from '../guards/global-guard.js';
import { JwtAuthGuard } from '../guards/jwt-auth.guard.js';
import { LocalAuthGuard } from '../guards/local-auth.guard.js';
import { RolesGuard } from '../guards/roles.guard.js';
import { SameOriginGuard } from '../guards/same-origin.guard.js';
import { SessionAuthGuard } from '../guards/session-auth.guard.js';
import { SignedUrlGuard } from '../guards/signed-url.guard.js';
import { AuthController } from '../http/auth.controller.js';
import { EarlyRefusalGuard } from '../http/early/early-refusal.guard.js';
import { HttpSignIn } from '../http/http-sign-in.js';
import { JwksController } from '../http/jwks.controller.js';
import { ConfiguredRoutes } from '../http/mount-path.js';
import { SignInResponse } from '../http/sign-in-response.js';
import { LiveSignIns } from '../live/live-sign-ins.js';
import { KeyRing } from '../keys/key-ring.js';
import { SigningKeys } from '../keys/signing-keys.js';
import { resolveAuthOptions, ResolvedAuthOptions } from '../options/resolve-auth-options.js';
import { UserDirectory } from '../principal/user-directory.js';
import { SessionData } from '../sessions/session-data.js';
import { SignedUrls } from '../signed-urls/signed-urls.js';
import { AuthStores } from '../stores/auth-stores.js';
import { type StoresDoor, StoreSettings } from '../stores/stores-door.js';
import { type AuthFeature, tablesOf } from '../features/auth-feature.js';
import { ProcessStatus } from '../audit/process-status.js';
import { AuthStatus } from '../lifecycle/auth-status.js';
import { AuthenticationService } from '../sign-in/authentication.service.js';
import { Authenticator } from '../sign-in/authenticator.js';
import { PasswordConfirmation } from '../sign-in/password-confirmation.js';
import { StepUp } from '../sign-in/step-up.js';
import { RecentSignIn } from '../sign-in/recent-sign-in.js';
import { LateDirectory } from '../users/late-directory.js';
import { CIRCLE_CHECK_PROVIDER } from '../wiring/provider-circle.js';
import { provide } from '../wiring/provide.js';
import { CORE_PROVIDERS } from './sign-in.providers.js';
import { EDGE_PROVIDERS } from './edge.providers.js';
import { LIVE_PROVIDERS } from './live.providers.js';

const FIVE_MINUTES_MS = 5 * 60_000;

/** Hands the directory to LateDirectory. No other provider of ours injects it: the directory may inject ours. */
const DIRECTORY_ARRIVAL = Symbol('the user directory has come');

/** The one composition root: binds ports to adapters and hands every room its own options. */
export function composeAuthModule(
  definition: DynamicModule,
  structure: AuthStructuralOptions,
  optionsToken: string | symbol,
): DynamicModule {
  const { routes = { path: 'auth' }, stores, features = [] } = structure;
  const door = isDoor(stores) ? stores : doorOf(stores);
  const featureTables = tablesOf(features);
  door.register?.(featureTables.map(({ definition }) => definition));
  // forRootAsync hands its imports over in the definition.
  const imports = [...(definition.imports ?? []), ...(structure.imports ?? []), ...(door.imports ?? [])];
  const providers: Provider[] = [
    ...(definition.providers ?? []),
    provide(ResolvedAuthOptions, [optionsToken], (given) => {
      refuseStructural(given);
      return resolveAuthOptions(given, Date.now());
    }),
    // Nothing imported that could provide them: then they are providers of ours.
    ...(imports.length > 0 ? [] : [structure.users, ...(isDoor(stores) ? [] : [stores])]),
    { provide: UserDirectory, useExisting: structure.users },
    CIRCLE_CHECK_PROVIDER,
    LateDirectory,
    provide(DIRECTORY_ARRIVAL, [LateDirectory, UserDirectory], (late, directory) => late.arrive(directory)),
    {
      provide: ConfiguredRoutes,
      useValue: { path: routes === false ? null : routes.path, bodies: bodiesOf(features) },
    },
    provide(StoreSettings, [ResolvedAuthOptions], ({ accessTokens, revocation, keys }) => ({
      revocationLifeMs: accessTokens.longestLifetimeMs + accessTokens.clockToleranceMs + FIVE_MINUTES_MS,
      keepsKeys: keys === 'managed',
      notifies: revocation.mode === 'feed' && revocation.notifications && revocation.redis === null,
      featureTables,
    })),
    ...storesProviders(door),
    ...CORE_PROVIDERS,
    ...EDGE_PROVIDERS,
    ...LIVE_PROVIDERS,
    ...(structure.globalGuard ? [GlobalGuard] : []),
  ];
  checkProviders(providers, features);
  providers.push(...featureProviders(features));
  return {
    ...definition,
    global: structure.isGlobal !== false,
    imports,
    providers,
    controllers: routes === false ? [] : controllersAt(routes.path, features),
    exports: [...EXPORTED, ...features.flatMap((feature) => feature.exports ?? [])],
  };
}

/** The door to a class of the host's own, which is a provider already. */
const doorOf = (stores: Type<AuthStores>): StoresDoor => ({
  provider: { provide: AuthStores, useExisting: stores },
});

/** The stores of a door, under their own token as well where they have another one. */
function storesProviders({ provider }: StoresDoor): Provider[] {
  const token = provider.provide;
  return token === AuthStores ? [provider] : [provider, { provide: AuthStores, useExisting: token }];
}

const EXPORTED = [
  AuthenticationService,
  Authenticator,
  RequestAuthenticator,
  OriginCheck,
  RecentSignIn,
  PasswordConfirmation,
  StepUp,
  SessionData,
  SignInResponse,
  HttpSignIn,
  LiveSignIns,
  PasswordHasher,
  PasswordPolicy,
  ResolvedAuthOptions,
  AccessTokenVerifier,
  KeyRing,
  SigningKeys,
  SecurityEvents,
  AuthStatus,
  ProcessStatus,
  JwtAuthGuard,
  SessionAuthGuard,
  AnyAuthGuard,
  LocalAuthGuard,
  SameOriginGuard,
  RolesGuard,
  SignedUrls,
  SignedUrlGuard,
];

/** Which body each route of the features takes. */
const bodiesOf = (features: readonly AuthFeature[]): ConfiguredRoutes['bodies'] =>
  new Map(features.flatMap(({ bodies = {} }) => Object.entries(bodies)));

function controllersAt(path: string, features: readonly AuthFeature[]): Type[] {
  const ofFeatures = features.flatMap(({ controllers = [] }) => controllers);
  return [routedAt(path, AuthController), ...ofFeatures.map((type) => routedAt(path, type)), JwksController];
}

/** A subclass for each registration: the path is metadata of the subclass, never of the class that applications share. */
function routedAt(path: string, type: Type): Type {
  class RoutedController extends type {}
  Object.defineProperty(RoutedController, 'name', { value: type.name });
  Controller({ path, version: VERSION_NEUTRAL })(RoutedController);
  // First of all: a body that was refused is not there any more, and no route may take it for none.
  const guards = (Reflect.getMetadata('__guards__', type) ?? []) as unknown[];
  Reflect.defineMetadata('__guards__', [EarlyRefusalGuard, ...guards], RoutedController);
  return RoutedController;
}
