import { Injectable } from '@nestjs/common';
import { PassportStrategy } from '@nestjs/passport';
import { Strategy } from 'passport-local';
import type { HttpRequest } from '../context/http-request.js';
import { loginBody } from '../context/login-body.js';
import { requesterOf } from '../context/requester-of.js';
import { CredentialsInvalidError } from '../errors/auth-error.js';
import type { Principal } from '../principal/principal.js';
import type { Requester } from '../principal/requester.js';
import { Authenticator } from '../sign-in/authenticator.js';
import { type PassportActions, REGISTER_NOWHERE } from './application-strategy.js';

interface ParsedLogin {
  readonly body: { readonly identifier: string; readonly password: string };
  readonly requester: Requester;
}

/** `aerie-local`: passport-local, which never sees the request itself: it would take credentials from the query too. */
@Injectable()
export class LocalStrategy extends PassportStrategy(Strategy) {
  constructor(private readonly authenticator: Authenticator) {
    super({ usernameField: 'identifier', passwordField: 'password', passReqToCallback: true });
  }

  override authenticate(request: unknown, options?: object): void {
    let login: ParsedLogin;
    try {
      const { identifier, password } = loginBody(request as HttpRequest);
      login = { body: { identifier, password }, requester: requesterOf(request as HttpRequest) };
    } catch (error) {
      return (this as unknown as PassportActions).error(error);
    }
    return super.authenticate(login as never, options);
  }

  getPassportInstance(): unknown {
    return REGISTER_NOWHERE;
  }

  /** Passport's convention: false for a refusal, which is a `fail`; anything else thrown is an `error`. */
  async validate(login: ParsedLogin, identifier: string, password: string): Promise<Principal | false> {
    try {
      return await this.authenticator.password(identifier, password, login.requester);
    } catch (error) {
      if (error instanceof CredentialsInvalidError) return false;
      throw error;
    }
  }
}
