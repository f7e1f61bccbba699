import {
  applyDecorators,
  type ExecutionContext,
  Inject,
  Injectable,
  Optional,
  SetMetadata,
  UseGuards,
} from '@nestjs/common';
import { toContextException } from '../context/context-exceptions.js';
import { currentPrincipal } from '../context/current-principal.js';
import type { HttpRequest, HttpResponse } from '../context/http-request.js';
import { carrierOf } from '../context/request-of.js';
import { AuthConfigError } from '../errors/auth-config-error.js';
import { ForbiddenError } from '../errors/auth-error.js';
import { SignedUrlInvalidError } from '../errors/signed-url-error.js';
import { SignedUrls, type VerifiedUrl } from '../signed-urls/signed-urls.js';
import { AuthenticatingGuard } from './authenticating.guard.js';
import { ADMITS_URLS, type HandlerPolicy, policyOf } from './handler-policy.js';

const SIGNED_URL = Symbol.for('nestjs-aerie.signed-url');

/** Options of `@SignedUrl`. */
export interface SignedUrlHandlerOptions {
  /** The `purpose` that a URL must have been signed for. Default: none. */
  readonly purpose?: string;
}

/**
 * Admits requests whose URL `SignedUrls.sign` signed, for this method and until it expires. No sign-in is needed, with
 * `globalGuard: true` either, and `@Public` does not switch the check off. A URL that was signed for a `subject` needs this
 * user signed in as well, by session or access token; so does a handler with `@Roles`, `@Scopes` or `@RequireRecentSignIn`.
 *
 * @throws SignedUrlInvalidError (403), SignedUrlExpiredError (403).
 * @throws CredentialsMissingError (401) and the other errors of `AnyAuthGuard`, ForbiddenError (403) for another user, where a
 * user is needed. The errors arrive as exceptions of the context.
 * @example
 * ```ts
 * import { applyDecorators, Get, UseGuards } from '@nestjs/common';
 * import { SignedUrlGuard } from 'nestjs-aerie';
 *
 * // The same as `@SignedUrl()`, which can name a purpose.
 * export const Download = () => applyDecorators(Get('invoices/:id'), UseGuards(SignedUrlGuard));
 * ```
 */
@Injectable()
export class SignedUrlGuard extends AuthenticatingGuard {
  static readonly [ADMITS_URLS] = true;
  protected readonly accepted = 'any';

  // Injected by property, as the base is.
  @Optional() @Inject(SignedUrls) private readonly urls?: SignedUrls;

  override onModuleInit(): void {
    super.onModuleInit();
    // ResourceServerModule has guards, and no secret to derive a key from.
    if (!this.urls)
      throw new AuthConfigError(
        'SignedUrlGuard must be used where AuthModule is imported (got a module without it): it has the key',
      );
  }

  override canActivate(context: ExecutionContext): boolean | Promise<boolean> {
    let url: VerifiedUrl;
    try {
      url = this.verified(context);
    } catch (error) {
      return Promise.resolve(toContextException(error, context)).then((exception) => {
        throw exception;
      });
    }
    const { roles, scopes, recentMs } = policyOf(context);
    const needsUser = url.isForSubject || roles !== null || scopes !== null || recentMs !== null;
    const response = context.switchToHttp().getResponse<HttpResponse>();
    // The URL is a credential: pages that it leads to, and caches that others share, must not have it.
    response.header('Referrer-Policy', 'no-referrer');
    response.header('Cache-Control', needsUser ? 'no-store' : 'private');
    return needsUser ? this.admitUser(context, url) : true;
  }

  /** The signature is asked for whatever `@Public` says; so is the user of a URL that was signed for one. */
  protected override policyFor(context: ExecutionContext): HandlerPolicy {
    return {
      ...policyOf(context),
      isPublic: false,
      isOptional: false,
      isForServices: false,
      isForUrls: false,
    };
  }

  private async admitUser(context: ExecutionContext, url: VerifiedUrl): Promise<boolean> {
    await super.canActivate(context);
    const principal = currentPrincipal(carrierOf(context));
    if (!principal || !url.admits(principal.id))
      throw await toContextException(new ForbiddenError(), context);
    return true;
  }

  private verified(context: ExecutionContext): VerifiedUrl {
    if (context.getType<string>() !== 'http') throw new SignedUrlInvalidError();
    // As the client sent it: middleware may have rewritten `url`.
    const { originalUrl, url = '', method = '' } = context.switchToHttp().getRequest<OriginalRequest>();
    return this.urls!.verify(method, originalUrl ?? url, purposeOf(context));
  }
}

// Nest 12.0 forgets which properties of the inherited guard are optional, once the class has one of its own.
Optional()(SignedUrlGuard.prototype, 'options');

/** Express and Fastify both keep the target that came. */
type OriginalRequest = HttpRequest & { readonly originalUrl?: string };

function purposeOf(context: ExecutionContext): string {
  for (const place of [context.getHandler(), context.getClass()]) {
    const purpose = Reflect.getMetadata(SIGNED_URL, place) as string | undefined;
    if (purpose !== undefined) return purpose;
  }
  return '';
}

/**
 * Closes a handler, or every handler of a class, to all but signed URLs: it puts `SignedUrlGuard` there. On a handler, the
 * purpose replaces the one of its class.
 *
 * @throws AuthConfigError for an unknown option.
 * @example
 * ```ts
 * import { applyDecorators, Get } from '@nestjs/common';
 * import { SignedUrl } from 'nestjs-aerie';
 *
 * export const Unsubscribe = () => applyDecorators(Get('unsubscribe'), SignedUrl({ purpose: 'unsubscribe' }));
 * ```
 */
export const SignedUrl = (options: SignedUrlHandlerOptions = {}): ClassDecorator & MethodDecorator => {
  const { purpose = '', ...unknown } = options;
  if (typeof purpose !== 'string' || Object.keys(unknown).length > 0)
    throw new AuthConfigError(`@SignedUrl takes { purpose?: string } alone (got ${JSON.stringify(options)})`);
  return applyDecorators(SetMetadata(SIGNED_URL, purpose), UseGuards(SignedUrlGuard));
};
