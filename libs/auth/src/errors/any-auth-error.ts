import type {
  ActionTokenInvalidError,
  CredentialsMissingError,
  CredentialsInvalidError,
  AccessTokenInvalidError,
  AccessTokenExpiredError,
  AccessTokenRevokedError,
  AccessTokenStaleError,
  RefreshTokenInvalidError,
  SessionInvalidError,
  SessionExpiredError,
  SessionStaleError,
  SessionDataConflictError,
  CsrfRejectedError,
  ForbiddenError,
  RequestInvalidError,
  SignInNotFoundError,
  SignInLimitError,
  ClientInvalidError,
  GrantForbiddenError,
  GrantUnsupportedError,
  GrantInvalidError,
  ScopeInvalidError,
  TargetInvalidError,
  StoreUnavailableError,
} from './auth-error.js';
import type { AccessTokenTooLargeError } from './access-token-size-error.js';
import type { PasswordsBusyError, RateLimitedError, RefreshBusyError } from './busy-error.js';
import type { SignedUrlExpiredError, SignedUrlInvalidError } from './signed-url-error.js';
import type { RevocationOffError } from './revocation-off-error.js';
import type { PasswordRejectedError } from './password-rejected-error.js';
import type { RecentSignInRequiredError } from './recent-sign-in-required-error.js';

/** Every run-time error of the module. The union is closed, so a `switch` over `code` can be exhaustive. */
export type AnyAuthError =
  | CredentialsMissingError
  | CredentialsInvalidError
  | AccessTokenInvalidError
  | AccessTokenExpiredError
  | AccessTokenRevokedError
  | AccessTokenStaleError
  | RefreshTokenInvalidError
  | SessionInvalidError
  | SessionExpiredError
  | SessionStaleError
  | SessionDataConflictError
  | CsrfRejectedError
  | ForbiddenError
  | RequestInvalidError
  | SignInNotFoundError
  | SignInLimitError
  | ClientInvalidError
  | GrantForbiddenError
  | GrantUnsupportedError
  | GrantInvalidError
  | ScopeInvalidError
  | TargetInvalidError
  | ActionTokenInvalidError
  | AccessTokenTooLargeError
  | SignedUrlInvalidError
  | SignedUrlExpiredError
  | RevocationOffError
  | PasswordRejectedError
  | RecentSignInRequiredError
  | PasswordsBusyError
  | RateLimitedError
  | RefreshBusyError
  | StoreUnavailableError;
