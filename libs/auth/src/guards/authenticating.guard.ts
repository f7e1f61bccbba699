import { type ExecutionContext, Inject, Injectable, type OnModuleInit, Optional } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { AuthGuard } from '@nestjs/passport';
import type { CredentialKind } from '../context/request-credentials.js';
import { setCurrent } from '../context/current-principal.js';
import type { HttpRequest } from '../context/http-request.js';
import { toContextException } from '../context/context-exceptions.js';
import { RequestAuthenticator } from '../context/request-authenticator.js';
import { carrierOf, requestOf, responseOf } from '../context/request-of.js';
import { CredentialsMissingError, ForbiddenError } from '../errors/auth-error.js';
import type { Principal } from '../principal/principal.js';
import { refuseUnwired } from './guard-wiring.js';
import { markOptional } from './optional-answer.js';
import { ASKS_WHO, type HandlerPolicy, isAllowed, policyOf } from './handler-policy.js';

/** Neither: a credential is optional, and the request has no valid one. */
type Found = { readonly principal?: Principal | undefined; readonly error?: unknown };

/**
 * The base of our guards. They are guards of @nestjs/passport, whose `getRequest` and `handleRequest` a subclass may
 * override. They call the authenticator directly rather than through Passport's middleware; a cached token passes without
 * an `await`.
 */
@Injectable()
export abstract class AuthenticatingGuard extends AuthGuard('aerie-jwt') implements OnModuleInit {
  static readonly [ASKS_WHO] = true;
  protected abstract readonly accepted: CredentialKind;

  // Injected by property, so that a subclass may have a constructor of its own.
  @Inject(ModulesContainer) private readonly modules!: ModulesContainer;

  constructor(@Optional() private readonly requests: RequestAuthenticator) {
    super();
  }

  onModuleInit(): void {
    if (!this.requests) refuseUnwired(this, this.modules);
  }

  override canActivate(context: ExecutionContext): boolean | Promise<boolean> {
    const policy = this.policyFor(context);
    // Another guard decides, which runs after a global one: a service is no user, and a signed URL needs none.
    if ((policy.isForServices || policy.isForUrls) && this.accepted === 'any') return true;
    if (policy.isPublic && !policy.isOptional) return true;
    const { maxStalenessMs } = policy;
    const request = this.getRequest(context) as HttpRequest;
    if (policy.isOptional) markOptional(context, request);
    let principal: Principal | undefined;
    try {
      principal = this.requests.cached(request, this.accepted, maxStalenessMs);
    } catch (error) {
      return this.admitLater(context, request, policy, Promise.resolve({ error }));
    }
    if (!principal)
      return this.admitLater(context, request, policy, this.ask(context, request, maxStalenessMs));
    try {
      return this.admit(context, request, policy, { principal });
    } catch (error) {
      const refused = toContextException(error, context);
      if (refused instanceof Promise) return refused.then((exception) => Promise.reject(exception as Error));
      throw refused;
    }
  }

  /** What this guard asks of a caller. @internal */
  protected policyFor(context: ExecutionContext): HandlerPolicy {
    return policyOf(context);
  }

  override getRequest(context: ExecutionContext): unknown {
    return requestOf(context);
  }

  override handleRequest<TUser = Principal>(
    error: unknown,
    user: unknown,
    _info?: unknown,
    _context?: ExecutionContext,
    _status?: unknown,
  ): TUser {
    if (error) throw error;
    if (!user) throw new CredentialsMissingError();
    return user as TUser;
  }

  private async ask(
    context: ExecutionContext,
    request: HttpRequest,
    maxStalenessMs: number | null,
  ): Promise<Found> {
    const { requests, accepted } = this;
    try {
      // Each message of a connection is checked again.
      const principal =
        context.getType<string>() === 'ws'
          ? await requests.authenticate(request, accepted, { handshake: true, maxStalenessMs })
          : await requests.authenticateOnce(request, accepted, maxStalenessMs, responseOf(context));
      return { principal };
    } catch (error) {
      return { error };
    }
  }

  private async admitLater(
    context: ExecutionContext,
    request: HttpRequest,
    policy: HandlerPolicy,
    found: Promise<Found>,
  ): Promise<boolean> {
    try {
      const { principal, error } = await found;
      if (policy.isOptional && !principal && this.requests.isSignedOut(error, request))
        return this.admitSignedOut(context, request);
      return this.admit(context, request, policy, { principal, error });
    } catch (error) {
      throw await toContextException(error, context);
    }
  }

  /** `handleRequest` decides which user the request gets; roles, scopes and the time of authentication are checked on the authenticated principal. */
  private admit(
    context: ExecutionContext,
    request: HttpRequest,
    policy: HandlerPolicy,
    found: Found,
  ): boolean {
    const { principal, error = null } = found;
    const user: unknown = this.handleRequest(error, principal ?? false, undefined, context);
    const { roles, scopes, recentMs } = policy;
    if (!policy.isPublic) {
      if ((roles || scopes || recentMs !== null) && !principal) throw error ?? new CredentialsMissingError();
      if (principal && !isAllowed(policy, principal)) throw new ForbiddenError();
    }
    if (principal && recentMs !== null) this.requests.requireRecent(principal, recentMs);
    this.leave(context, request, principal, user);
    return true;
  }

  /** A guard before this one may have set a user by a credential that this guard does not accept: removes that user. */
  private admitSignedOut(context: ExecutionContext, request: HttpRequest): boolean {
    // Fields of one GraphQL request share it, and are resolved at the same time: another field may need its user.
    if (context.getType<string>() !== 'graphql') this.leave(context, request, undefined, undefined);
    return true;
  }

  private leave(
    context: ExecutionContext,
    request: HttpRequest,
    principal: Principal | undefined,
    user: unknown,
  ): void {
    setCurrent(carrierOf(context), principal, user);
    // A WebSocket's request is that of its handshake: every message would find the user of another message there.
    if (context.getType<string>() !== 'ws') {
      const { property = 'user' } = (this as { options?: { property?: string } }).options ?? {};
      (request as unknown as Record<string, unknown>)[property] = user;
    }
  }
}
