import { type ExecutionContext, Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { AuthGuard } from '@nestjs/passport';
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
 */
@Injectable()
export class LocalAuthGuard extends AuthGuard('aerie-local') implements OnModuleInit {
  @Inject(ModulesContainer) private readonly modules!: ModulesContainer;

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
