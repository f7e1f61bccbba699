import { Injectable, Optional } from '@nestjs/common';
import { AuthenticatingGuard } from './authenticating.guard.js';

/**
 * Admits requests with the cookie of a live session. Unsafe methods must come from this application's own or trusted origins.
 *
 * @throws CredentialsMissingError, SessionInvalidError, SessionExpiredError (401).
 * @throws CsrfRejectedError (403) for an unsafe request from another origin.
 * @throws ForbiddenError (403) without a role of `@Roles` or a scope of `@Scopes`.
 * @throws StoreUnavailableError (503) when it cannot be decided. The errors arrive as exceptions of the context: HTTP,
 * GraphQL, WebSocket or RPC.
 * @example
 * ```ts
 * import { applyDecorators, UseGuards } from '@nestjs/common';
 * import { SessionAuthGuard, Roles } from 'nestjs-aerie';
 *
 * // A decorator for handlers and controllers of yours.
 * export const AdminsOnly = () => applyDecorators(UseGuards(SessionAuthGuard), Roles('admin'));
 * ```
 */
@Injectable()
export class SessionAuthGuard extends AuthenticatingGuard {
  protected readonly accepted = 'session';
}

// Nest 12.0 does not see that the parameter of the inherited constructor is optional.
Optional()(SessionAuthGuard, undefined, 0);
