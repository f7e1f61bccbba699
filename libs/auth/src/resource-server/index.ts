// The module
export { ResourceServerModule } from './resource-server.module.js';
export type {
  ResourceServerAsyncOptions,
  ResourceServerOptionsFactory,
} from './resource-server.module-definition.js';
export { ResolvedResourceServerOptions, type ResourceServerOptions } from './resource-server.options.js';
export type { ResourceServerStructuralOptions } from './resource-server.structure.js';
export type {
  NoRevocation,
  RevocationByFeed,
  RevocationByIntrospection,
  RevocationSource,
} from './revocation-source.js';
export type { RedisClient } from '../revocation/revocation-options.js';
export type { SigningAlgorithm } from '../keys/key-options.js';
export type { Duration } from '../time/duration.js';

// Who makes a request
export { Principal, type PrincipalProfile, type SignInKind } from '../principal/principal.js';
export { ServicePrincipal } from '../service-tokens/service-token.js';
export { RequestAuthenticator } from '../context/request-authenticator.js';
export { ResourceAuthenticator } from './resource-authenticator.js';
export { ServiceAuthenticator } from '../service-tokens/service-authenticator.js';

// Guards and decorators: those of `nestjs-aerie`, the same classes
export { JwtAuthGuard } from '../guards/jwt-auth.guard.js';
export { ServiceAuthGuard } from '../guards/service-auth.guard.js';
export { RolesGuard } from '../guards/roles.guard.js';
export { CurrentUser } from '../decorators/current-user.decorator.js';
export { CurrentService } from '../decorators/current-service.decorator.js';
export { MaxStaleness } from '../decorators/max-staleness.decorator.js';
export { RequireRecentSignIn } from '../decorators/require-recent-sign-in.decorator.js';
export { RecentSignIn } from '../sign-in/recent-sign-in.js';
export { Public } from '../decorators/public.decorator.js';
export { Roles } from '../decorators/roles.decorator.js';
export { Scopes } from '../decorators/scopes.decorator.js';
export { AuthExceptionFilter } from '../http/auth-exception.filter.js';

// Connections that end with their token
export { LiveSignIns } from '../live/live-sign-ins.js';
export { LiveSignIn } from '../live/live-sign-in.js';
export { LiveSubscriptionInterceptor } from '../live/graphql/live-subscription.interceptor.js';
export type { SocketIoClient, WsClient } from '../live/closable-client.js';

// Tokens and keys
export { AccessTokenVerifier } from '../access-tokens/access-token-verifier.js';
export type { AccessToken } from '../access-tokens/access-token.js';
export { type VerificationKey, VerificationKeys } from '../keys/verification-keys.js';

// Calling other services
export {
  type ExchangeRequest,
  ServiceTokenClient,
  type ServiceTokenClientOptions,
} from './issuer/service-token-client.js';
export type { TokenRequest } from './issuer/token-endpoint.js';
export type { ClientCredentialsOptions } from './issuer/client-credentials.js';

// Health and metrics
export { ResourceStatus } from './resource-status.js';
export type { AuthCounts } from '../audit/auth-counters.js';
export {
  type FeedState,
  type Health,
  type KeysState,
  ProcessStatus,
  type RefusalCounts,
} from '../audit/process-status.js';

// Errors
export { RecentSignInRequiredError } from '../errors/recent-sign-in-required-error.js';
export type { AnyAuthError } from '../errors/any-auth-error.js';
export { AuthConfigError } from '../errors/auth-config-error.js';
export {
  AccessTokenExpiredError,
  AccessTokenInvalidError,
  AccessTokenRevokedError,
  AccessTokenStaleError,
  AuthError,
  type AuthErrorCode,
  ClientInvalidError,
  CredentialsMissingError,
  ForbiddenError,
  GrantForbiddenError,
  GrantInvalidError,
  GrantUnsupportedError,
  RequestInvalidError,
  ScopeInvalidError,
  StoreUnavailableError,
  TargetInvalidError,
} from '../errors/auth-error.js';
