import { type ExecutionContext, Inject, Injectable, type OnModuleInit, Optional } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { AuthGuard, AuthModuleOptions } from '@nestjs/passport';
import { setCurrent } from '../context/current-principal.js';
import { withoutHttp } from '../context/error-responses.js';
import { toContextException } from '../context/context-exceptions.js';
import { copiesIn } from '../context/package-copy.js';
import { carrierOf } from '../context/request-of.js';
import { CredentialsInvalidError } from '../errors/auth-error.js';
import { refuseUnwired } from './guard-wiring.js';
import type { Principal } from '../principal/principal.js';

/**
 * Admits requests whose body (JSON, or an HTML form) holds the right `identifier` and `password` (passport-local, strategy
 * `aerie-local`). Requests from pages of other origins are refused. The principal has no sign-in yet: pass it to
 * `HttpSignIn.signIn`.
 *
 * @throws RequestInvalidError (400), CredentialsInvalidError (401), CsrfRejectedError (403), PasswordsBusyError (503).
 * @throws StoreUnavailableError (503) when it cannot be decided. The errors arrive as exceptions of the context: HTTP,
 * GraphQL, WebSocket or RPC.
 * @example
 * ```ts
 * import { applyDecorators, Post, UseGuards } from '@nestjs/common';
 * import type { Request, Response } from 'express';
 * import type { HttpSignIn, Principal } from 'nestjs-aerie';
 * import { LocalAuthGuard } from 'nestjs-aerie';
 *
 * // A decorator for a login handler of yours, and what the handler does.
 * export const LoginRoute = () => applyDecorators(Post('login'), UseGuards(LocalAuthGuard));
 * export const login = (http: HttpSignIn, user: Principal, request: Request, response: Response) =>
 *   http.signIn(user, { request, response });
 * ```
 */
@Injectable()
export class LocalAuthGuard extends AuthGuard('aerie-local') implements OnModuleInit {
  @Inject(ModulesContainer) private readonly modules!: ModulesContainer;

  /**
   * Nest 12.0 does not see that the parameter of the inherited constructor is optional.
   * @internal
   */
  constructor(@Optional() @Inject(AuthModuleOptions) options?: AuthModuleOptions) {
    super(options);
  }

  /** The strategy is found by the application that serves the request: any module of it may have AuthModule. */
  onModuleInit(): void {
    if (copiesIn(this.modules).length === 0) refuseUnwired(this, this.modules);
  }

  override async canActivate(context: ExecutionContext): Promise<boolean> {
    try {
      return (await super.canActivate(context)) as boolean;
    } catch (error) {
      throw await toContextException(error, context);
    }
  }

  override handleRequest<TUser = Principal>(
    error: unknown,
    user: unknown,
    _info: unknown,
    context: ExecutionContext,
  ): TUser {
    // What the strategy made Nest's own, for chains that are not ours, is translated here with its headers.
    if (error) throw withoutHttp(error);
    if (!user) throw new CredentialsInvalidError();
    setCurrent(carrierOf(context), user as Principal, user);
    return user as TUser;
  }
}
