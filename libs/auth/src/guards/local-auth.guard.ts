import { type ExecutionContext, Injectable } from '@nestjs/common';
import { AuthGuard } from '@nestjs/passport';
import { setCurrent } from '../context/current-principal.js';
import { withoutHttp } from '../context/error-answers.js';
import { type HttpRequest } from '../context/http-request.js';
import { loginBody } from '../context/login-body.js';
import { OriginCheck } from '../context/origin-check.js';
import { refusal } from '../context/refuse.js';
import { carrierOf } from '../context/request-of.js';
import { CredentialsInvalidError } from '../errors/auth-error.js';
import type { Principal } from '../principal/principal.js';

/**
 * Admits requests whose JSON body holds the right `identifier` and `password` (passport-local, strategy
 * `aerie-local`). The principal has no sign-in yet: give it to `AuthenticationService.signIn`.
 */
@Injectable()
export class LocalAuthGuard extends AuthGuard('aerie-local') {
  constructor(private readonly origins: OriginCheck) {
    super();
  }

  override async canActivate(context: ExecutionContext): Promise<boolean> {
    try {
      const request = context.switchToHttp().getRequest<HttpRequest>();
      // A sign-in that sets cookies is worth forging: a victim would work in the attacker's account (login CSRF).
      // The handler decides whether it sets cookies, not the body's `mode`.
      this.origins.check(request);
      loginBody(request);
      return (await super.canActivate(context)) as boolean;
    } catch (error) {
      throw await refusal(error, context);
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
