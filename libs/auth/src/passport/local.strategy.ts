import { Injectable } from '@nestjs/common';
import { PassportStrategy } from '@nestjs/passport';
import { Strategy } from 'passport-local';
import { setCurrent } from '../context/current-principal.js';
import { asHttpException } from '../context/error-responses.js';
import type { HttpRequest } from '../context/http-request.js';
import { loginBody } from '../context/login-body.js';
import { OriginCheck } from '../context/origin-check.js';
import { requesterOf } from '../context/requester-of.js';
import { AuthError, CredentialsInvalidError } from '../errors/auth-error.js';
import type { Principal } from '../principal/principal.js';
import type { Requester } from '../principal/requester.js';
import { Authenticator } from '../sign-in/authenticator.js';
import { type PassportActions, REGISTER_NOWHERE } from './application-strategy.js';

interface ParsedLogin {
  readonly body: { readonly identifier: string; readonly password: string };
  readonly requester: Requester;
  readonly request: object;
}

/** `aerie-local`: passport-local, which never sees the request itself: it would take credentials from the query too. */
@Injectable()
export class LocalStrategy extends PassportStrategy(Strategy) {
  constructor(
    private readonly authenticator: Authenticator,
    private readonly origins: OriginCheck,
  ) {
    super({ usernameField: 'identifier', passwordField: 'password', passReqToCallback: true });
  }

  override authenticate(request: unknown, options?: object): void {
    let login: ParsedLogin;
    try {
      // A sign-in that sets cookies is worth forging: a victim would work in the attacker's account (login CSRF).
      // The handler decides whether it sets cookies, not the body's `mode`.
      this.origins.check(request as HttpRequest);
      const { identifier, password } = loginBody(request as HttpRequest);
      login = {
        body: { identifier, password },
        requester: requesterOf(request as HttpRequest),
        request: request as object,
      };
    } catch (error) {
      return (this as unknown as PassportActions).error(asHttpException(error as AuthError));
    }
    return super.authenticate(login as never, options);
  }

  getPassportInstance(): unknown {
    return REGISTER_NOWHERE;
  }

  /** Passport's convention: false for a refusal, which is a `fail`; anything else thrown is an `error`. */
  async validate(login: ParsedLogin, identifier: string, password: string): Promise<Principal | false> {
    try {
      const principal = await this.authenticator.password(identifier, password, login.requester);
      setCurrent(login.request, principal, principal);
      return principal;
    } catch (error) {
      if (error instanceof CredentialsInvalidError) return false;
      // As Nest's own: a chain that is not ours hands it to the host's filters as it is.
      throw error instanceof AuthError ? asHttpException(error) : error;
    }
  }
}
