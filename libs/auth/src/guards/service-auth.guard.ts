import {
  type CanActivate,
  type ExecutionContext,
  Inject,
  Injectable,
  type OnModuleInit,
  Optional,
} from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { credentialsMissing, NO_COOKIES } from '../context/credentials-missing.js';
import { bearerToken } from '../context/request-credentials.js';
import { setCurrentService } from '../context/current-principal.js';
import { toContextException } from '../context/context-exceptions.js';
import { carrierOf, requestOf } from '../context/request-of.js';
import { refuseTokenInUrl } from '../context/credentials/token-in-url.js';
import { ForbiddenError } from '../errors/auth-error.js';
import { ServiceAuthenticator } from '../service-tokens/service-authenticator.js';
import type { ServicePrincipal } from '../service-tokens/service-token.js';
import { refuseUnwired } from './guard-wiring.js';
import { ADMITS_SERVICES, ASKS_WHO, type HandlerPolicy, isAllowed, policyOf } from './handler-policy.js';

/**
 * Admits services with a good token of their own (`Authorization: Bearer`), never a user. `@CurrentService()` gives the
 * service. It checks `@Scopes`, `@Public` and `@MaxStaleness`. Services have no roles and do not sign in, so `@Roles` and
 * `@RequireRecentSignIn` admit none. If it is on a
 * handler or its class, the guard of `globalGuard` leaves the handler to it.
 *
 * @throws CredentialsMissingError, AccessTokenInvalidError, AccessTokenExpiredError, AccessTokenRevokedError (401).
 * @throws ForbiddenError (403) without a scope of `@Scopes`.
 * @throws StoreUnavailableError (503) when it cannot be decided. The errors arrive as exceptions of the context: HTTP,
 * GraphQL, WebSocket or RPC.
 * @example
 * ```ts
 * import { applyDecorators, UseGuards } from '@nestjs/common';
 * import { Scopes, ServiceAuthGuard } from 'nestjs-aerie';
 *
 * // A decorator for handlers and controllers of yours.
 * export const StockReaders = () => applyDecorators(UseGuards(ServiceAuthGuard), Scopes('stock:read'));
 * ```
 */
@Injectable()
export class ServiceAuthGuard implements CanActivate, OnModuleInit {
  static readonly [ADMITS_SERVICES] = true;
  static readonly [ASKS_WHO] = true;

  @Inject(ModulesContainer) private readonly modules!: ModulesContainer;

  constructor(@Optional() private readonly services: ServiceAuthenticator) {}

  onModuleInit(): void {
    if (!this.services) refuseUnwired(this, this.modules);
  }

  canActivate(context: ExecutionContext): boolean | Promise<boolean> {
    const policy = policyOf(context);
    if (policy.isPublic) return true;
    try {
      const request = requestOf(context);
      refuseTokenInUrl(request);
      const token = bearerToken(request);
      if (token === undefined) throw credentialsMissing(request, 'service-token', NO_COOKIES);
      const known = this.services.cachedServiceToken(token, policy.maxStalenessMs);
      if (known) return this.admit(context, policy, known);
      return this.admitLater(context, policy, this.services.serviceToken(token, policy.maxStalenessMs));
    } catch (error) {
      return this.admitLater(context, policy, Promise.reject(error as Error));
    }
  }

  private async admitLater(
    context: ExecutionContext,
    policy: HandlerPolicy,
    found: Promise<ServicePrincipal>,
  ): Promise<boolean> {
    try {
      return this.admit(context, policy, await found);
    } catch (error) {
      throw await toContextException(error, context);
    }
  }

  private admit(context: ExecutionContext, policy: HandlerPolicy, service: ServicePrincipal): boolean {
    const isAdmitted = policy.recentMs === null && isAllowed(policy, { roles: [], scopes: service.scopes });
    if (!isAdmitted) throw new ForbiddenError();
    setCurrentService(carrierOf(context), service);
    return true;
  }
}
