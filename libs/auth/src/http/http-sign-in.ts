import type { KnownDevices } from '../attempts/known-devices.js';
import type { HttpRequest } from '../context/http-request.js';
import type { OriginCheck } from '../context/origin-check.js';
import { requesterOf } from '../context/requester-of.js';
import type { ResolvedAuthOptions } from '../options/resolve-auth-options.js';
import type { Principal } from '../principal/principal.js';
import type { Requester } from '../principal/requester.js';
import type { SubjectId } from '../principal/user-directory.js';
import type { AuthenticationService } from '../sign-in/authentication.service.js';
import type { SignInResult } from '../sign-in/sign-in-result.js';
import type { SignInOptions } from '../sign-in/sign-in-arguments.js';
import type { Authenticator } from '../sign-in/authenticator.js';
import type { PresentedSignIns } from './presented-sign-ins.js';
import { localPath } from './local-path.js';
import type { SignInResponse } from './sign-in-response.js';

/** A request and its response, of Express or of Fastify: `@Req()` and `@Res({ passthrough: true })`. */
export interface HttpExchange {
  readonly request: HttpRequest;
  readonly response: unknown;
}

/** Options of a sign-in that answers a request: the requester, and what it replaces, come from that request. */
export interface HttpSignInOptions extends Omit<SignInOptions, 'requester' | 'replacing'> {
  /**
   * A path of this application, which may come from the request. The answer is then a page that leads the browser there,
   * in place of JSON: after the redirect of an OAuth provider, and for HTML forms. Not for the mode `tokens`, which the
   * page could not hand over.
   */
  readonly redirect?: string;
}

/**
 * What the built-in login does, for login routes of an application's own: it signs in, ends the sign-in whose cookie the
 * browser came with and is about to lose, sets the cookies, and gives the body to return.
 */
export class HttpSignIn {
  /** @internal */
  constructor(
    private readonly authentication: AuthenticationService,
    private readonly authenticator: Authenticator,
    private readonly answer: SignInResponse,
    private readonly held: PresentedSignIns,
    private readonly origins: OriginCheck,
    private readonly options: Pick<ResolvedAuthOptions, 'defaultMode'>,
    private readonly devices: KnownDevices,
  ) {}

  /**
   * Signs in a user who was authenticated: the principal that `LocalAuthGuard` left, or the id that another strategy
   * found. It does not check the request's origin, as the callback of a provider comes from another site: for a POST of
   * your own pages put `SameOriginGuard` before it. Throws RequestInvalidError for a `redirect` that leads elsewhere,
   * before anything was opened; and what `AuthenticationService.signIn` throws.
   */
  async signIn(
    who: SubjectId | Principal,
    { request, response }: HttpExchange,
    options: HttpSignInOptions = {},
  ): Promise<Record<string, unknown> | string> {
    this.checkRedirect(options);
    const { redirect, mode = this.options.defaultMode, ...others } = options;
    const former = await this.held.former(request, mode);
    const replacing = former.map(({ id }) => id);
    const requester = requesterOf(request);
    const result = await this.authentication.signIn(who, { ...others, mode, replacing, requester });
    // Afterwards: a login that is refused ends nothing.
    await this.held.endFormer(former, request);
    const body = this.answer.of(result, response);
    this.rememberDevice(result, requester, response);
    return redirect === undefined ? body : this.answer.redirect(redirect, response);
  }

  /**
   * Signs in with an identifier and a password, unchecked, as a form sent them: for a login route of your own.
   *
   * @throws CsrfRejectedError for a page of another origin.
   * @throws RequestInvalidError for a field that is missing or too long, or a `redirect` that leads elsewhere.
   * @throws CredentialsInvalidError, PasswordsBusyError, SignInLimitError as `AuthenticationService.signInWithPassword`.
   * @throws StoreUnavailableError when a store or the user directory cannot answer.
   * @example
   * ```ts
   * import type { Request, Response } from 'express';
   * import { HttpSignIn } from 'nestjs-aerie';
   *
   * export class LoginController {
   *   constructor(private readonly signIn: HttpSignIn) {}
   *   login(body: { email?: unknown; password?: unknown }, request: Request, response: Response) {
   *     return this.signIn.signInWithPassword(body.email, body.password, { request, response }, { mode: 'session' });
   *   }
   * }
   * ```
   */
  async signInWithPassword(
    identifier: unknown,
    password: unknown,
    exchange: HttpExchange,
    options: HttpSignInOptions = {},
  ): Promise<Record<string, unknown> | string> {
    this.origins.check(exchange.request);
    this.checkRedirect(options);
    const requester = requesterOf(exchange.request);
    const principal = await this.authenticator.password(identifier, password, requester);
    return this.signIn(principal, exchange, options);
  }

  /** Later tries on this device count against a budget that strangers cannot use up. */
  private rememberDevice({ mode, principal }: SignInResult, requester: Requester, response: unknown): void {
    const { device } = requester;
    const { id: subject, signInId } = principal;
    const version = this.devices.noted(principal);
    if (version === undefined) return;
    // An application that keeps tokens need not keep cookies: each of its sign-ins would look new.
    if (mode !== 'tokens' && !this.devices.knows(device, subject, version))
      this.devices.tellNew({ device: 'new', subject, signInId, requester });
    const text = this.devices.after(device, subject, version);
    if (text !== null) this.answer.rememberDevice(response, text);
  }

  /** Runs first: a refused call must not have opened a sign-in. */
  private checkRedirect({ redirect, mode = this.options.defaultMode }: HttpSignInOptions): void {
    if (redirect === undefined) return;
    localPath(redirect);
    if (mode === 'tokens')
      throw new TypeError('"redirect" must be left out for the mode "tokens": a page cannot carry them');
  }
}
