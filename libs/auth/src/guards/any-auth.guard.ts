import { Injectable, Optional } from '@nestjs/common';
import { AuthenticatingGuard } from './authenticating.guard.js';

/**
 * Admits an access token or a session cookie. If there is an Authorization header, it alone decides: cookies are ignored. Where
 * access tokens are in a cookie, this one decides beside a session cookie.
 *
 * @throws the errors of `JwtAuthGuard` and `SessionAuthGuard`.
 * @throws StoreUnavailableError (503) when it cannot be decided. The errors arrive as exceptions of the context: HTTP,
 * GraphQL, WebSocket or RPC.
 * @example
 * ```ts
 * import { applyDecorators, UseGuards } from '@nestjs/common';
 * import { AnyAuthGuard, Roles } from 'nestjs-aerie';
 *
 * // A decorator for handlers and controllers of yours.
 * export const AdminsOnly = () => applyDecorators(UseGuards(AnyAuthGuard), Roles('admin'));
 * ```
 */
@Injectable()
export class AnyAuthGuard extends AuthenticatingGuard {
  protected readonly accepted = 'any';
}

// Nest 12.0 does not see that the parameter of the inherited constructor is optional.
Optional()(AnyAuthGuard, undefined, 0);
