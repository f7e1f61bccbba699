import { type CanActivate, type ExecutionContext, Inject, Injectable, Optional } from '@nestjs/common';
import { currentPrincipal, isDecided } from '../context/current-principal.js';
import { toContextException } from '../context/context-exceptions.js';
import { carrierOf } from '../context/request-of.js';
import { requestUser } from '../decorators/request-user.js';
import { CredentialsMissingError, ForbiddenError } from '../errors/auth-error.js';
import type { Principal } from '../principal/principal.js';
import { RecentSignIn } from '../sign-in/recent-sign-in.js';
import { isAllowed, policyOf } from './handler-policy.js';

/**
 * Checks `@Roles`, `@Scopes` and `@RequireRecentSignIn` behind a guard that is not ours. The guards of this package check them themselves. Without a
 * principal it refuses, so that a forgotten guard is noticed.
 *
 * @throws CredentialsMissingError (401) without a principal, ForbiddenError (403) without the role or scope.
 * @throws RecentSignInRequiredError (401) when the user authenticated too long ago.
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
  // Injected by property: hosts also make this guard with `new`.
  @Optional()
  @Inject(RecentSignIn)
  private readonly recent: RecentSignIn = new RecentSignIn(() => Date.now());

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const policy = policyOf(context);
    const { roles, scopes, recentMs } = policy;
    if ((!roles && !scopes && recentMs === null) || policy.isPublic) return true;
    const carrier = carrierOf(context);
    const principal = isDecided(carrier) ? currentPrincipal(carrier) : principalOfTest(context);
    try {
      if (!principal) throw new CredentialsMissingError();
      if (!isAllowed(policy, principal)) throw new ForbiddenError();
      if (recentMs !== null) this.recent.requireWithin(principal, recentMs);
      return true;
    } catch (error) {
      throw await toContextException(error, context);
    }
  }
}

/** Only where tests have `request.user` stand for the user: see `requestUser`. */
function principalOfTest(
  context: ExecutionContext,
): Pick<Principal, 'roles' | 'scopes' | 'authenticatedAt'> | undefined {
  const user = requestUser(context) as Partial<Principal> | undefined;
  if (!user) return undefined;
  const { roles = [], scopes = [], authenticatedAt = new Date() } = user;
  return { roles, scopes, authenticatedAt };
}
