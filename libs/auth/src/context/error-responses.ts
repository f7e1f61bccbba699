import { HttpException } from '@nestjs/common';
import { AuthError, type AuthErrorCode, type FeatureErrorCode } from '../errors/auth-error.js';
import { RecentSignInRequiredError } from '../errors/recent-sign-in-required-error.js';
import { RateLimitedError } from '../errors/busy-error.js';
import { FeatureError, type FeatureErrorKind } from '../errors/feature-error.js';

/** The one table from code to status. */
export const STATUS_OF: Readonly<Record<AuthErrorCode, number>> = {
  AUTH_REQUEST_INVALID: 400,
  AUTH_CREDENTIALS_MISSING: 401,
  AUTH_CREDENTIALS_INVALID: 401,
  AUTH_ACCESS_TOKEN_INVALID: 401,
  AUTH_ACCESS_TOKEN_EXPIRED: 401,
  AUTH_ACCESS_TOKEN_REVOKED: 401,
  AUTH_ACCESS_TOKEN_STALE: 401,
  AUTH_REFRESH_TOKEN_INVALID: 401,
  AUTH_SESSION_INVALID: 401,
  AUTH_SESSION_EXPIRED: 401,
  AUTH_SESSION_STALE: 401,
  AUTH_CSRF_REJECTED: 403,
  AUTH_FORBIDDEN: 403,
  AUTH_SIGNED_URL_INVALID: 403,
  AUTH_SIGNED_URL_EXPIRED: 403,
  AUTH_SIGN_IN_NOT_FOUND: 404,
  AUTH_SIGN_IN_LIMIT: 409,
  AUTH_SESSION_DATA_CONFLICT: 409,
  AUTH_CLIENT_INVALID: 401,
  AUTH_GRANT_FORBIDDEN: 400,
  AUTH_GRANT_UNSUPPORTED: 400,
  AUTH_GRANT_INVALID: 400,
  AUTH_SCOPE_INVALID: 400,
  AUTH_TARGET_INVALID: 400,
  AUTH_ACTION_TOKEN_INVALID: 400,
  AUTH_REVOCATION_OFF: 501,
  AUTH_PASSWORD_REJECTED: 400,
  AUTH_RECENT_SIGN_IN_REQUIRED: 401,
  AUTH_REFRESH_BUSY: 429,
  AUTH_ACCESS_TOKEN_TOO_LARGE: 500,
  AUTH_PASSWORDS_BUSY: 503,
  AUTH_RATE_LIMITED: 429,
  AUTH_STORE_UNAVAILABLE: 503,
};

/** The same for the errors of features. */
export const STATUS_OF_KIND: Readonly<Record<FeatureErrorKind, number>> = {
  invalid: 400,
  unauthenticated: 401,
  forbidden: 403,
  'not-found': 404,
  conflict: 409,
  limited: 429,
};

/** The status of an error. One whose code or kind is none of these is a mistake of its author: never a success. */
export function statusOf(error: AuthError): number {
  const status: number | undefined =
    error instanceof FeatureError ? STATUS_OF_KIND[error.kind] : STATUS_OF[error.code as AuthErrorCode];
  return status ?? 500;
}

/** Whether an error says that credentials are missing or no good, rather than that something else is wrong. */
export function isUnauthorised(error: AuthError): boolean {
  return statusOf(error) === 401;
}

/** What a caller sees of an error: nothing but its code, its public message and its public details. */
export function bodyOf(error: AuthError): {
  statusCode: number;
  code: AuthErrorCode | FeatureErrorCode;
  message: string;
} & AuthError['details'] {
  return { ...error.details, statusCode: statusOf(error), code: error.code, message: error.message };
}

/** What OAuth calls an error of ours (RFC 6749, section 5.2; RFC 8693, section 2.2.2); all others are requests that are no good. */
const OAUTH_ERRORS: Partial<Record<AuthErrorCode, string>> = {
  AUTH_CLIENT_INVALID: 'invalid_client',
  AUTH_FORBIDDEN: 'unauthorized_client',
  AUTH_GRANT_FORBIDDEN: 'unauthorized_client',
  AUTH_GRANT_UNSUPPORTED: 'unsupported_grant_type',
  AUTH_GRANT_INVALID: 'invalid_request',
  AUTH_SCOPE_INVALID: 'invalid_scope',
  AUTH_TARGET_INVALID: 'invalid_target',
  AUTH_RATE_LIMITED: 'temporarily_unavailable',
  AUTH_STORE_UNAVAILABLE: 'temporarily_unavailable',
};

/** The same for the routes of OAuth: in its shape, and in ours. */
export function oauthBodyOf(error: AuthError) {
  const body = bodyOf(error);
  return {
    error: OAUTH_ERRORS[error.code as AuthErrorCode] ?? 'invalid_request',
    error_description: body.message,
    ...body,
  };
}

/** Headers that go with an error: RFC 6750, section 3, for 401; Retry-After for 429 and 503. */
export function headersOf(error: AuthError): Readonly<Record<string, string>> {
  const headers: Record<string, string> = { 'Cache-Control': 'no-store' };
  const status = statusOf(error);
  if (isUnauthorised(error)) {
    const token = error.code.startsWith('AUTH_ACCESS_TOKEN_');
    headers['WWW-Authenticate'] = token ? 'Bearer error="invalid_token"' : 'Bearer';
    // RFC 9470, section 3.
    if (error instanceof RecentSignInRequiredError)
      headers['WWW-Authenticate'] =
        `Bearer error="insufficient_user_authentication", error_description="${error.message}", max_age="${error.details.max_age}"`;
    // RFC 6749, section 5.2: a scheme that clients have.
    if (error.code === 'AUTH_CLIENT_INVALID') headers['WWW-Authenticate'] = 'Basic realm="token"';
  }
  // By then, the line of a family has been worked off.
  if (status === 429)
    headers['Retry-After'] = error instanceof RateLimitedError ? String(error.retryAfterSeconds) : '5';
  if (status === 503) headers['Retry-After'] = '1';
  return headers;
}

/** As Nest's own exception, so that a host's catch-all filter answers with the right status too. */
export function asHttpException(error: AuthError): HttpException {
  const body = bodyOf(error);
  return new HttpException(body, body.statusCode, { cause: error });
}

/** The AuthError that `asHttpException` was given; anything else as it is. */
export function withoutHttp(error: unknown): unknown {
  return error instanceof HttpException && error.cause instanceof AuthError ? error.cause : error;
}
