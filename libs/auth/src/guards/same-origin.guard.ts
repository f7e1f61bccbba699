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
 * Refuses unsafe requests from pages of origins that are neither the issuer's nor trusted (403, `AUTH_CSRF_REJECTED`),
 * whatever credential they carry. Use it for routes that set a cookie, such as a login of your own (login CSRF). Routes behind
 * a session cookie do not need it: our guards check their origin.
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
