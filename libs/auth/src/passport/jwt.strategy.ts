import { Injectable } from '@nestjs/common';
import { PassportStrategy } from '@nestjs/passport';
import { ExtractJwt, Strategy } from 'passport-jwt';
import type { HttpRequest } from '../context/http-request.js';
import { RequestAuthenticator } from '../context/request-authenticator.js';
import { type PassportActions, REGISTER_NOWHERE, reportToPassport } from './application-strategy.js';

/** `aerie-jwt`: a real passport-jwt strategy, whose tokens go to the one verifier. */
@Injectable()
export class JwtStrategy extends PassportStrategy(Strategy) {
  constructor(private readonly requests: RequestAuthenticator) {
    super({
      jwtFromRequest: ExtractJwt.fromAuthHeaderAsBearerToken(),
      // Never asked: authenticate() below replaces what would.
      secretOrKeyProvider: (_request: unknown, _token: unknown, done: (error: Error) => void) =>
        done(new Error('access tokens are verified by the AccessTokenVerifier')),
    });
  }

  override authenticate(request: unknown): void {
    const actions = this as unknown as PassportActions;
    reportToPassport(
      this.requests.authenticate(request as HttpRequest, 'access-token'),
      request as HttpRequest,
      actions,
    );
  }

  getPassportInstance(): unknown {
    return REGISTER_NOWHERE;
  }

  validate(): never {
    throw new Error('access tokens are verified by the AccessTokenVerifier');
  }
}
