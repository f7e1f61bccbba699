import {
  type CanActivate,
  type ExecutionContext,
  Inject,
  Injectable,
  type OnModuleInit,
  Optional,
} from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { OriginCheck } from '../context/origin-check.js';
import { toContextException } from '../context/context-exceptions.js';
import { requestOf } from '../context/request-of.js';
import { refuseUnwired } from './guard-wiring.js';

/**
 * Refuses unsafe requests from pages of other origins than the issuer's and the trusted ones (403,
 * `AUTH_CSRF_REJECTED`), whatever credential they carry. Our guards check the origin of requests with a session cookie
 * by themselves: this guard is for routes that set a cookie, such as a login of your own (login CSRF).
 */
@Injectable()
export class SameOriginGuard implements CanActivate, OnModuleInit {
  @Inject(ModulesContainer) private readonly modules!: ModulesContainer;

  constructor(@Optional() private readonly origins: OriginCheck) {}

  onModuleInit(): void {
    if (!this.origins) refuseUnwired(this, this.modules);
  }

  async canActivate(context: ExecutionContext): Promise<boolean> {
    try {
      this.origins.check(requestOf(context));
      return true;
    } catch (error) {
      throw await toContextException(error, context);
    }
  }
}
