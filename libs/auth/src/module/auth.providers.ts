import { Controller, type DynamicModule, type Provider, type Type, VERSION_NEUTRAL } from '@nestjs/common';
import { getDataSourceToken, TypeOrmModule } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import { AccessTokenVerifier } from '../access-tokens/access-token-verifier.js';
import { SecurityEvents } from '../audit/security-events.js';
import { AUTH_ENTITIES } from '../typeorm/entities/auth-entities.js';
import { type AuthStructuralOptions, refuseStructural, refuseUnused } from './structural-options.js';
import { authStores } from '../typeorm/typeorm-stores.js';
import { OriginCheck } from '../context/origin-check.js';
import { RequestAuthenticator } from '../context/request-authenticator.js';
import { PasswordHasher } from '../users/password-hasher.js';
import { AnyAuthGuard } from '../guards/any-auth.guard.js';
import { GlobalGuard } from '../guards/global-guard.js';
import { JwtAuthGuard } from '../guards/jwt-auth.guard.js';
import { LocalAuthGuard } from '../guards/local-auth.guard.js';
import { RolesGuard } from '../guards/roles.guard.js';
import { SameOriginGuard } from '../guards/same-origin.guard.js';
import { ServiceAuthGuard } from '../guards/service-auth.guard.js';
import { SessionAuthGuard } from '../guards/session-auth.guard.js';
import { AuthController } from '../http/auth.controller.js';
import { HttpSignIn } from '../http/http-sign-in.js';
import { JwksController } from '../http/jwks.controller.js';
import { RevocationsController } from '../features/service-issuer/http/revocations.controller.js';
import { ConfiguredRoutes } from '../http/mount-path.js';
import { ServiceTokensController } from '../features/service-issuer/http/service-tokens.controller.js';
import { SignInResponse } from '../http/sign-in-response.js';
import { KeyRing } from '../keys/key-ring.js';
import { SigningKeys } from '../keys/signing-keys.js';
import { resolveAuthOptions, ResolvedAuthOptions } from '../options/resolve-auth-options.js';
import { UserDirectory } from '../principal/user-directory.js';
import { ServiceAuthenticator } from '../service-tokens/service-authenticator.js';
import { ServiceClients } from '../features/service-issuer/clients/service-clients.js';
import { SessionData } from '../sessions/session-data.js';
import { AuthStores } from '../stores/auth-stores.js';
import { ProcessStatus } from '../audit/process-status.js';
import { AuthStatus } from '../lifecycle/auth-status.js';
import { AuthenticationService } from '../sign-in/authentication.service.js';
import { Authenticator } from '../sign-in/authenticator.js';
import { LateDirectory } from '../users/late-directory.js';
import { TokenExchange } from '../features/service-issuer/tokens/token-exchange.js';
import { CIRCLE_CHECK_PROVIDER } from '../wiring/provider-circle.js';
import { provide, typed } from '../wiring/provide.js';
import { CORE_PROVIDERS } from './sign-in.providers.js';
import { EDGE_PROVIDERS } from './edge.providers.js';
import { SERVICE_PROVIDERS } from '../features/service-issuer/service-issuer.providers.js';

/** Hands the directory to LateDirectory. No other provider of ours injects it: the directory may inject ours. */
const DIRECTORY_ARRIVAL = Symbol('the user directory has come');

/** The one composition root: binds ports to adapters and hands every room its own options. */
export function composeAuthModule(
  definition: DynamicModule,
  structure: AuthStructuralOptions,
  optionsToken: string | symbol,
): DynamicModule {
  const { routes = { path: 'auth' }, stores } = structure;
  // For its side effect: `autoLoadEntities` learns of ours. Importing its result would fail before our own checks.
  if (!stores) TypeOrmModule.forFeature([...AUTH_ENTITIES], structure.dataSource);
  // forRootAsync hands its imports over in the definition.
  const imports = [...(definition.imports ?? []), ...(structure.imports ?? [])];
  const providers: Provider[] = [
    ...(definition.providers ?? []),
    provide(ResolvedAuthOptions, [optionsToken], (given) => {
      refuseStructural(given);
      refuseUnused(given, structure);
      return resolveAuthOptions(given, Date.now());
    }),
    // Nothing imported that could provide them: then they are providers of ours.
    ...(imports.length > 0 ? [] : [structure.users, ...(stores ? [stores] : [])]),
    { provide: UserDirectory, useExisting: structure.users },
    CIRCLE_CHECK_PROVIDER,
    LateDirectory,
    provide(DIRECTORY_ARRIVAL, [LateDirectory, UserDirectory], (late, directory) => late.arrive(directory)),
    {
      provide: ConfiguredRoutes,
      useValue: { path: routes === false ? null : routes.path, services: structure.services === true },
    },
    stores ? { provide: AuthStores, useExisting: stores } : typeOrmStores(structure.dataSource),
    ...CORE_PROVIDERS,
    ...EDGE_PROVIDERS,
    ...(structure.services ? SERVICE_PROVIDERS : []),
    ...(structure.globalGuard ? [GlobalGuard] : []),
  ];
  return {
    ...definition,
    global: structure.isGlobal !== false,
    imports,
    providers,
    controllers: routes === false ? [] : controllersAt(routes.path, structure.services === true),
    exports: structure.services ? [...EXPORTED, ...SERVICE_EXPORTS] : EXPORTED,
  };
}

/** The module's own stores. */
function typeOrmStores(name: string | undefined): Provider {
  const source = { token: typed<DataSource>(getDataSourceToken(name)), optional: true } as const;
  return provide(AuthStores, [source, ResolvedAuthOptions], (found, options) =>
    authStores(found, name, options),
  );
}

const EXPORTED = [
  AuthenticationService,
  Authenticator,
  RequestAuthenticator,
  OriginCheck,
  SessionData,
  SignInResponse,
  HttpSignIn,
  PasswordHasher,
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
];

/** What `services: true` adds. */
const SERVICE_EXPORTS = [ServiceClients, TokenExchange, ServiceAuthenticator, ServiceAuthGuard];

function controllersAt(path: string, services: boolean): Type[] {
  const routed = services ? [ServiceTokensController, RevocationsController] : [];
  return [...[AuthController, ...routed].map((type) => routedAt(path, type)), JwksController];
}

/** A subclass for each registration: the path is metadata of the subclass, never of the class that applications share. */
function routedAt(path: string, type: Type): Type {
  class RoutedController extends type {}
  Object.defineProperty(RoutedController, 'name', { value: type.name });
  Controller({ path, version: VERSION_NEUTRAL })(RoutedController);
  return RoutedController;
}
