import { type ExecutionContext, Injectable } from '@nestjs/common';
import { AuthGuard } from '@nestjs/passport';
import { setCurrent } from '../context/current-principal.js';
import { withoutHttp } from '../context/error-answers.js';
import { type HttpRequest } from '../context/http-request.js';
import { loginBody } from '../context/login-body.js';
import { checkOrigin } from '../context/origin-check.js';
import { refusal } from '../context/refuse.js';
import { carrierOf } from '../context/request-of.js';
import { CredentialsInvalidError } from '../errors/auth-error.js';
import { ResolvedAuthOptions } from '../options/resolve-auth-options.js';
import type { Principal } from '../principal/principal.js';

/**
 * Admits requests whose JSON body holds the right `identifier` and `password` (passport-local, strategy
 * `aerie-local`). The principal has no sign-in yet: give it to `AuthenticationService.signIn`.
 */
@Injectable()
export class LocalAuthGuard extends AuthGuard('aerie-local') {
  constructor(private readonly resolved: ResolvedAuthOptions) {
    super();
  }

  override async canActivate(context: ExecutionContext): Promise<boolean> {
    try {
      const request = context.switchToHttp().getRequest<HttpRequest>();
      const { mode = this.resolved.defaultMode } = loginBody(request);
      // A sign-in that sets cookies is worth forging: a victim would work in the attacker's account (login CSRF).
      if (mode !== 'tokens') checkOrigin(request, this.resolved.origins);
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
