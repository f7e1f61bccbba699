import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { currentPrincipal, isDecided } from '../context/current-principal.js';
import { toContextException } from '../context/context-exceptions.js';
import { carrierOf } from '../context/request-of.js';
import { requestUser } from '../decorators/request-user.js';
import { CredentialsMissingError, ForbiddenError } from '../errors/auth-error.js';
import type { Principal } from '../principal/principal.js';
import { isAllowed, policyOf } from './handler-policy.js';

/**
 * Checks `@Roles` and `@Scopes` behind a guard that is not ours. The guards of this package check them themselves. Without a
 * principal it refuses, so that a forgotten guard is noticed.
 *
 * @throws CredentialsMissingError (401) without a principal, ForbiddenError (403) without the role or scope.
 * @example
 * ```ts
 * import { applyDecorators, type CanActivate, type Type, UseGuards } from '@nestjs/common';
 * import { Roles, RolesGuard } from 'nestjs-aerie';
 *
 * // `Guard` is no guard of ours, and comes first.
 * export const AuditorsOnly = (Guard: Type<CanActivate>) =>
 *   applyDecorators(UseGuards(Guard, RolesGuard), Roles('auditor'));
 * ```
 */
@Injectable()
export class RolesGuard implements CanActivate {
  async canActivate(context: ExecutionContext): Promise<boolean> {
    const policy = policyOf(context);
    if ((!policy.roles && !policy.scopes) || policy.isPublic) return true;
    const carrier = carrierOf(context);
    const principal = isDecided(carrier) ? currentPrincipal(carrier) : principalOfTest(context);
    if (principal && isAllowed(policy, principal)) return true;
    throw await toContextException(principal ? new ForbiddenError() : new CredentialsMissingError(), context);
  }
}

/** Only where tests have `request.user` stand for the user: see `requestUser`. */
function principalOfTest(context: ExecutionContext): Pick<Principal, 'roles' | 'scopes'> | undefined {
  const user = requestUser(context) as Partial<Principal> | undefined;
  return user && { roles: user.roles ?? [], scopes: user.scopes ?? [] };
}
