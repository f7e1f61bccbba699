import { Injectable, Optional } from '@nestjs/common';
import { AuthenticatingGuard } from './authenticating.guard.js';

/**
 * Admits requests with a good access token: in `Authorization: Bearer`, or in its cookie with `accessTokens.cookie: true` (a
 * resource server: `accessTokenCookie`). With the cookie, unsafe methods must come from this application's own or trusted
 * origins. Session cookies are ignored.
 *
 * @throws CredentialsMissingError, AccessTokenInvalidError, AccessTokenExpiredError, AccessTokenRevokedError,
 * AccessTokenStaleError (401).
 * @throws CsrfRejectedError (403) for an unsafe request with the cookie from another origin.
 * @throws ForbiddenError (403) without a role of `@Roles` or a scope of `@Scopes`.
 * @throws StoreUnavailableError (503) when it cannot be decided. The errors arrive as exceptions of the context: HTTP,
 * GraphQL, WebSocket or RPC.
 * @example
 * ```ts
 * import { applyDecorators, UseGuards } from '@nestjs/common';
 * import { JwtAuthGuard, Roles } from 'nestjs-aerie';
 *
 * // A decorator for handlers and controllers of yours.
 * export const AdminsOnly = () => applyDecorators(UseGuards(JwtAuthGuard), Roles('admin'));
 * ```
 */
@Injectable()
export class JwtAuthGuard extends AuthenticatingGuard {
  protected readonly accepted = 'access-token';
}

// Nest 12.0 does not see that the parameter of the inherited constructor is optional.
Optional()(JwtAuthGuard, undefined, 0);
