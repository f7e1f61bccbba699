import type { AuthErrorCode, FeatureErrorCode } from './auth-error-code.js';
import type { ErrorCause } from './error-cause.js';

export type { AuthErrorCode, FeatureErrorCode };

/**
 * An error for a caller, at run time. `code` and `message` are public. `cause`, and fields of a subclass that are marked
 * private, stay in the process: responses never contain them.
 *
 * @example
 * ```ts
 * import { AuthError, type AuthenticationService, RefreshTokenInvalidError } from 'nestjs-aerie';
 *
 * export async function isGood(auth: AuthenticationService, refreshToken: string) {
 *   try {
 *     return Boolean(await auth.refresh(refreshToken));
 *   } catch (error) {
 *     if (error instanceof RefreshTokenInvalidError) return false;
 *     if (error instanceof AuthError) console.warn(error.code);
 *     throw error;
 *   }
 * }
 * ```
 */
export abstract class AuthError extends Error {
  abstract readonly code: AuthErrorCode | FeatureErrorCode;
  /** More that the response says, beside code and message. Public. */
  readonly details?: Readonly<Record<string, string | number | readonly string[] | undefined>>;

  constructor(message: string, options?: ErrorCause) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** The request holds no credential that this route accepts. */
export class CredentialsMissingError extends AuthError {
  readonly code = 'AUTH_CREDENTIALS_MISSING';
  constructor(message = 'Sign in to continue.', options?: ErrorCause) {
    super(message, options);
  }
}

/** The identifier or the password is wrong, or the subject may not sign in: one error on purpose (OWASP ASVS 5.0, 6.3.8). */
export class CredentialsInvalidError extends AuthError {
  readonly code = 'AUTH_CREDENTIALS_INVALID';
  constructor(options?: ErrorCause) {
    super('Wrong identifier or password.', options);
  }
}

/** The access token is not one of ours, or was altered (RFC 6750, section 3.1: `invalid_token`). */
export class AccessTokenInvalidError extends AuthError {
  readonly code = 'AUTH_ACCESS_TOKEN_INVALID';
  constructor(options?: ErrorCause) {
    super('The access token is not valid.', options);
  }
}

/** The access token is genuine, but not valid at this time: it has expired, or a clock went back. Refresh, then try again. */
export class AccessTokenExpiredError extends AuthError {
  readonly code = 'AUTH_ACCESS_TOKEN_EXPIRED';
  constructor(options?: ErrorCause & { readonly isEarly?: boolean }) {
    super(options?.isEarly ? 'The access token is not valid yet.' : 'The access token has expired.', options);
  }
}

/** This access token was revoked by itself, or its sign-in has ended. */
export class AccessTokenRevokedError extends AuthError {
  readonly code = 'AUTH_ACCESS_TOKEN_REVOKED';
  constructor(options?: ErrorCause) {
    super('The access token was revoked, or its sign-in has ended.', options);
  }
}

/** The subject changed after the access token was issued (roles, password). Refresh, then try again. */
export class AccessTokenStaleError extends AuthError {
  readonly code = 'AUTH_ACCESS_TOKEN_STALE';
  constructor(options?: ErrorCause) {
    super('The account has changed since this access token was issued: refresh it.', options);
  }
}

/** Why a refresh token was refused. Private: every refusal has the same response. */
export type RefreshRefusal =
  | 'malformed'
  | 'unknown'
  | 'revoked'
  | 'expired'
  | 'reused'
  | 'superseded'
  | 'desynchronised'
  | 'subject_gone';

/** A refresh token was refused, for any reason (RFC 6749, section 5.2). `reason` is for logs and events only. */
export class RefreshTokenInvalidError extends AuthError {
  readonly code = 'AUTH_REFRESH_TOKEN_INVALID';
  constructor(
    /** Private. */
    readonly reason: RefreshRefusal,
    options?: ErrorCause,
  ) {
    super('The refresh token is not valid.', options);
  }
}

/** The session cookie names no live session: it is unknown, has ended, or its secret was replaced. */
export class SessionInvalidError extends AuthError {
  readonly code = 'AUTH_SESSION_INVALID';
  constructor(options?: ErrorCause) {
    super('The session is not valid.', options);
  }
}

/** The session reached its idle or absolute limit (OWASP ASVS 5.0, 7.3). */
export class SessionExpiredError extends AuthError {
  readonly code = 'AUTH_SESSION_EXPIRED';
  constructor(options?: ErrorCause) {
    super('The session has expired.', options);
  }
}

/**
 * The session, or its account, has changed since this connection was opened: the session has a new secret, or the roles of its
 * user changed. Open the connection again. Only connections and requests that wait get this error.
 */
export class SessionStaleError extends AuthError {
  readonly code = 'AUTH_SESSION_STALE';
  constructor(options?: ErrorCause) {
    super('The session or its account has changed: connect again.', options);
  }
}

/** The data of the session was written after this version was read. Nothing was written: read again. */
export class SessionDataConflictError extends AuthError {
  readonly code = 'AUTH_SESSION_DATA_CONFLICT';
  constructor(options?: ErrorCause) {
    super('The session has changed meanwhile: try again.', options);
  }
}

/** An unsafe request with a cookie came from an origin that is neither the issuer's nor in `trustedOrigins`. */
export class CsrfRejectedError extends AuthError {
  readonly code = 'AUTH_CSRF_REJECTED';
  constructor(options?: ErrorCause) {
    super('The request came from another origin.', options);
  }
}

/** The caller is signed in, but lacks the roles or scopes that the handler asks for. */
export class ForbiddenError extends AuthError {
  readonly code = 'AUTH_FORBIDDEN';
  constructor(options?: ErrorCause) {
    super('You may not do this.', options);
  }
}

/** The request itself is malformed: body, content type, duplicate cookies, two refresh tokens at once. */
export class RequestInvalidError extends AuthError {
  readonly code = 'AUTH_REQUEST_INVALID';
}

/** The subject has no live sign-in with this id. */
export class SignInNotFoundError extends AuthError {
  readonly code = 'AUTH_SIGN_IN_NOT_FOUND';
  constructor(options?: ErrorCause) {
    super('There is no such sign-in.', options);
  }
}

/** The subject has as many live sign-ins as `maxSignInsPerSubject` allows, and `onSignInLimit` is `refuse`. */
export class SignInLimitError extends AuthError {
  readonly code = 'AUTH_SIGN_IN_LIMIT';
  constructor(options?: ErrorCause) {
    super('There are too many sign-ins: sign out elsewhere first.', options);
  }
}

/** A service client is unknown or disabled, or its secret or assertion is wrong (RFC 6749, section 5.2: `invalid_client`). */
export class ClientInvalidError extends AuthError {
  readonly code = 'AUTH_CLIENT_INVALID';
  constructor(options?: ErrorCause) {
    super('The client could not be authenticated.', options);
  }
}

/** The client is known, but may not use this grant type (RFC 6749, section 5.2: `unauthorized_client`). */
export class GrantForbiddenError extends AuthError {
  readonly code = 'AUTH_GRANT_FORBIDDEN';
  constructor(options?: ErrorCause) {
    super('This client may not use this grant type.', options);
  }
}

/** The issuer does not have this grant type (RFC 6749, section 5.2: `unsupported_grant_type`). */
export class GrantUnsupportedError extends AuthError {
  readonly code = 'AUTH_GRANT_UNSUPPORTED';
  constructor(options?: ErrorCause) {
    super('This grant type is not available.', options);
  }
}

/** The credential to be exchanged is not live (RFC 8693, section 2.2.2: `invalid_request`). */
export class GrantInvalidError extends AuthError {
  readonly code = 'AUTH_GRANT_INVALID';
  constructor(options?: ErrorCause) {
    super('The subject token is not valid.', options);
  }
}

/** The client, or the sign-in, does not have all of these scopes (RFC 6749, section 5.2: `invalid_scope`). */
export class ScopeInvalidError extends AuthError {
  readonly code = 'AUTH_SCOPE_INVALID';
  constructor(options?: ErrorCause) {
    super('The scope is malformed, or more than may be asked for.', options);
  }
}

/** The client may not ask for this audience, or has several and named none (RFC 8693: `invalid_target`). */
export class TargetInvalidError extends AuthError {
  readonly code = 'AUTH_TARGET_INVALID';
  constructor(options?: ErrorCause) {
    super('The audience is missing, or not one that may be asked for.', options);
  }
}

/**
 * A link or a code was refused: malformed, spent, expired, of another purpose or asker, or made before the credentials of its
 * subject changed. One error on purpose: the answer tells none of these apart.
 */
export class ActionTokenInvalidError extends AuthError {
  readonly code = 'AUTH_ACTION_TOKEN_INVALID';
  constructor(options?: ErrorCause) {
    super('This link or code is not valid: ask for a new one.', options);
  }
}

/** A database, the user directory or the signer could not answer. Nothing was decided: the caller's credentials stay good. */
export class StoreUnavailableError extends AuthError {
  readonly code = 'AUTH_STORE_UNAVAILABLE';
  constructor(options?: ErrorCause) {
    super('The service cannot answer right now: try again shortly.', options);
  }
}
