// The module
export { AuthModule } from './auth.module.js';
export type { AuthAsyncOptions, AuthModuleOptionsFactory } from './module/auth.module-definition.js';
export type { AuthStructuralOptions } from './module/structural-options.js';
export type { AuthOptions, SignInMode } from './options/auth-options.js';
export { ResolvedAuthOptions } from './options/resolve-auth-options.js';
export type { Duration } from './time/duration.js';

// Your users
export {
  type AccountEmail,
  type CompleteUserDirectory,
  type EmailReplacement,
  type GivesPasswordHashes,
  type KeepsEmailAddresses,
  type PasswordHashReplacement,
  type Subject,
  type SubjectId,
  UserDirectory,
  type VerifiesPasswords,
} from './principal/user-directory.js';
export { PasswordHasher } from './users/password-hasher.js';
export { type PasswordOwner, PasswordPolicy } from './users/password-policy/password-policy.js';

// Who makes a request
export { Principal, type PrincipalProfile, type SignInKind } from './principal/principal.js';
export type { Requester } from './principal/requester.js';
export { requesterOf } from './context/requester-of.js';

// Guards and decorators
export { JwtAuthGuard } from './guards/jwt-auth.guard.js';
export { SessionAuthGuard } from './guards/session-auth.guard.js';
export { AnyAuthGuard } from './guards/any-auth.guard.js';
export { LocalAuthGuard } from './guards/local-auth.guard.js';
export { SameOriginGuard } from './guards/same-origin.guard.js';
export { ServiceAuthGuard } from './guards/service-auth.guard.js';
export { RolesGuard } from './guards/roles.guard.js';
export { CurrentUser } from './decorators/current-user.decorator.js';
export { CurrentService } from './decorators/current-service.decorator.js';
export { Public, type PublicOptions } from './decorators/public.decorator.js';
export { MaxStaleness } from './decorators/max-staleness.decorator.js';
export { RequireRecentSignIn } from './decorators/require-recent-sign-in.decorator.js';
export { Roles } from './decorators/roles.decorator.js';
export { Scopes } from './decorators/scopes.decorator.js';

// Signing in and out
export { AuthenticationService } from './sign-in/authentication.service.js';
export type { CredentialChangeOptions, RefreshOptions, SignInOptions } from './sign-in/sign-in-arguments.js';
export { type HeldTokens, StepUp } from './sign-in/step-up.js';
export { PasswordConfirmation } from './sign-in/password-confirmation.js';
export { RecentSignIn } from './sign-in/recent-sign-in.js';
export { Authenticator } from './sign-in/authenticator.js';
export type { SessionResult, SignInResult, TokensResult } from './sign-in/sign-in-result.js';
export type { KeptCredential, KeptOwner } from './sign-in/credential-changes.js';
export { SessionData, type SessionDataValue } from './sessions/session-data.js';
export type { SignInRecord } from './stores/sign-in-record.js';
export type { AccessTokenReference } from './sign-in/sign-out.js';
export type { Swept } from './lifecycle/expired-rows-sweeper.js';
export { SignInResponse } from './http/sign-in-response.js';
export { type HttpExchange, HttpSignIn, type HttpSignInOptions } from './http/http-sign-in.js';
export { AuthExceptionFilter } from './http/auth-exception.filter.js';
export type { HostTransaction } from './sql/database/sql-database.js';
export { RequestAuthenticator } from './context/request-authenticator.js';
export { OriginCheck } from './context/origin-check.js';

// Connections that end with their sign-in
export { LiveSignIns } from './live/live-sign-ins.js';
export { LiveSignIn } from './live/live-sign-in.js';
export { LiveSubscriptionInterceptor } from './live/graphql/live-subscription.interceptor.js';
export type { SocketIoClient, WsClient } from './live/closable-client.js';

// Tokens and keys
export { AccessTokenVerifier } from './access-tokens/access-token-verifier.js';
export type { AccessToken } from './access-tokens/access-token.js';
export { type ActiveKey, KeyRing, type PublicJwk } from './keys/key-ring.js';
export { type VerificationKey, VerificationKeys } from './keys/verification-keys.js';
export type { KeyOption, KeyState, SigningAlgorithm, ManagedKeyOptions } from './keys/key-options.js';
export { type SigningKeyInfo, SigningKeys } from './keys/signing-keys.js';

// Signed URLs
export { SignedUrl, SignedUrlGuard, type SignedUrlHandlerOptions } from './guards/signed-url.guard.js';
export {
  type SignedMethod,
  SignedUrls,
  type SignedUrlTerms,
  type VerifiedUrl,
} from './signed-urls/signed-urls.js';

// Services
export { ServiceAuthenticator } from './service-tokens/service-authenticator.js';
export { ServicePrincipal } from './service-tokens/service-token.js';

// Options of the rooms
export type { AttemptOptions, AttemptRedisClient } from './attempts/attempt-options.js';
export type { AccessTokenOptions } from './access-tokens/access-token-options.js';
export type { CookieOptions, RefreshCookieOptions } from './http/cookie-options.js';
export type { CredentialOptions, PasswordBlocklist } from './users/credential-options.js';
export type { RefreshTokenOptions } from './refresh-tokens/refresh-token-options.js';
export type { ApplicationCache } from './shared-cache/cache-options.js';
export type { RedisClient, RevocationOptions } from './revocation/revocation-options.js';
export type { SessionOptions } from './sessions/session-options.js';
export type { SignedUrlOptions } from './signed-urls/signed-url-options.js';

// Security events
export type { ClientRefusal, ReuseCause, SecurityEvent } from './audit/security-event.js';
export { type ListEventsOptions, SecurityEvents } from './audit/security-events.js';
export type { EventPosition, SecurityEventRecord } from './audit/security-event-store.js';

// How it is doing
export { AuthStatus } from './lifecycle/auth-status.js';
export {
  type FeedState,
  type Health,
  type KeysState,
  ProcessStatus,
  type RefusalCounts,
} from './audit/process-status.js';
export type { FeedStatus } from './revocation/feed-status.js';
export type { AuthCounts, Fallback } from './audit/auth-counters.js';

export { redactTokens } from './crypto/token-shapes.js';

// Errors
export type { AnyAuthError } from './errors/any-auth-error.js';
export { AuthConfigError } from './errors/auth-config-error.js';
export {
  AccessTokenExpiredError,
  AccessTokenInvalidError,
  AccessTokenRevokedError,
  AccessTokenStaleError,
  AuthError,
  type AuthErrorCode,
  ClientInvalidError,
  CredentialsInvalidError,
  CredentialsMissingError,
  CsrfRejectedError,
  ForbiddenError,
  GrantForbiddenError,
  GrantInvalidError,
  GrantUnsupportedError,
  RefreshTokenInvalidError,
  RequestInvalidError,
  ScopeInvalidError,
  SessionDataConflictError,
  SessionExpiredError,
  SessionStaleError,
  SessionInvalidError,
  SignInLimitError,
  SignInNotFoundError,
  StoreUnavailableError,
  TargetInvalidError,
  ActionTokenInvalidError,
} from './errors/auth-error.js';
export { AccessTokenTooLargeError } from './errors/access-token-size-error.js';
export { PasswordsBusyError, RateLimitedError, RefreshBusyError } from './errors/busy-error.js';
export { SignedUrlExpiredError, SignedUrlInvalidError } from './errors/signed-url-error.js';
export { RevocationOffError } from './errors/revocation-off-error.js';
export { PasswordRejectedError, type PasswordRejection } from './errors/password-rejected-error.js';
export { RecentSignInRequiredError } from './errors/recent-sign-in-required-error.js';
