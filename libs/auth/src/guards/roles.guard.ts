import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { currentPrincipal } from '../context/current-principal.js';
import { refusal } from '../context/refuse.js';
import { carrierOf } from '../context/request-of.js';
import { CredentialsMissingError, ForbiddenError } from '../errors/auth-error.js';
import { isAllowed, policyOf } from './handler-policy.js';

/**
 * Heeds `@Roles` and `@Scopes` behind a guard that found the principal. Our own guards do so themselves; without a
 * principal it refuses, so that a forgotten guard is noticed.
 */
@Injectable()
export class RolesGuard implements CanActivate {
  async canActivate(context: ExecutionContext): Promise<boolean> {
    const policy = policyOf(context);
    if ((!policy.roles && !policy.scopes) || policy.isPublic) return true;
    const principal = currentPrincipal(carrierOf(context));
    if (principal && isAllowed(policy, principal)) return true;
    throw await refusal(principal ? new ForbiddenError() : new CredentialsMissingError(), context);
  }
}
