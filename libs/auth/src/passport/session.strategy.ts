import { Injectable } from '@nestjs/common';
import { PassportStrategy } from '@nestjs/passport';
import { Strategy } from 'passport-strategy';
import type { HttpRequest } from '../context/http-request.js';
import { RequestAuthenticator } from '../context/request-authenticator.js';
import { type PassportActions, REGISTER_NOWHERE, reportToPassport } from './application-strategy.js';

/** What a strategy of our own extends: Passport's base class is abstract in its types only. */
const Base = Strategy as unknown as new (...args: unknown[]) => Strategy;

/** `aerie-session`: the session cookie as a Passport strategy. */
@Injectable()
export class SessionStrategy extends PassportStrategy(Base) {
  constructor(private readonly requests: RequestAuthenticator) {
    super();
  }

  override authenticate(request: unknown): void {
    const actions = this as unknown as PassportActions;
    reportToPassport(
      this.requests.authenticate(request as HttpRequest, 'session'),
      request as HttpRequest,
      actions,
    );
  }

  getPassportInstance(): unknown {
    return REGISTER_NOWHERE;
  }

  validate(): never {
    throw new Error('sessions are resolved by the SessionService');
  }
}
