import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { currentPrincipal } from '../context/current-principal.js';
import { refusal } from '../context/refuse.js';
import { carrierOf } from '../context/request-of.js';
import { CredentialsMissingError, ForbiddenError } from '../errors/auth-error.js';
import { policyOf } from './handler-policy.js';

/**
 * Heeds `@Roles` behind a guard that found the principal. Our own guards do so themselves; without a principal it
 * refuses, so that a forgotten guard is noticed.
 */
@Injectable()
export class RolesGuard implements CanActivate {
  async canActivate(context: ExecutionContext): Promise<boolean> {
    const { roles, isPublic } = policyOf(context);
    if (!roles || isPublic) return true;
    const principal = currentPrincipal(carrierOf(context));
    if (principal && roles.some((role) => principal.roles.includes(role))) return true;
    throw await refusal(principal ? new ForbiddenError() : new CredentialsMissingError(), context);
  }
}
