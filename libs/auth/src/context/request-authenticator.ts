import {
  AccessTokenExpiredError,
  AccessTokenInvalidError,
  AccessTokenRevokedError,
  AccessTokenStaleError,
  CredentialsMissingError,
  ForbiddenError,
  RequestInvalidError,
  SessionExpiredError,
  SessionInvalidError,
} from '../errors/auth-error.js';
import type { Principal } from '../principal/principal.js';
import type { RecentSignIn } from '../sign-in/recent-sign-in.js';
import type { Authenticator } from '../sign-in/authenticator.js';
import { type CredentialKind, bearerToken, cookieOf, hasAuthorization } from './request-credentials.js';
import { RequestMemo } from './request-memo.js';
import { type CredentialCookies, credentialsMissing } from './credentials-missing.js';
import { asSent, isHandshake } from './handshake.js';
import type { HttpRequest } from './http-request.js';
import type { OriginCheck } from './origin-check.js';
import { hasTokenInUrl, refuseTokenInUrl } from './credentials/token-in-url.js';
import { COPY, THIS_COPY } from './package-copy.js';
import type { FormerCredentials } from './credentials/former-credentials.js';
import { hasHandshake, rememberHandshake } from './request-of.js';

/** Authenticates credentials: the Authenticator of an issuer, or the one of a resource server. */
export type CredentialAuthenticator = Pick<
  Authenticator,
  'cachedAccessToken' | 'accessToken' | 'cachedSession' | 'session'
>;

interface HeldCookie {
  readonly value: string;
  readonly isAccessToken: boolean;
}

/** What a cookie may be that no longer signs anyone in. */
const SIGNED_OUT = [
  CredentialsMissingError,
  SessionInvalidError,
  SessionExpiredError,
  AccessTokenInvalidError,
  AccessTokenExpiredError,
  AccessTokenRevokedError,
  AccessTokenStaleError,
  RequestInvalidError,
] as const;

/** Reads the credentials of a request and has them checked. */
export class RequestAuthenticator {
  static readonly [COPY] = THIS_COPY;
  private readonly memo = new RequestMemo();
  /** The users of connections. */
  private readonly users = new WeakMap<object, string>();

  /** @internal */
  constructor(
    private readonly authenticator: CredentialAuthenticator,
    private readonly cookies: CredentialCookies,
    private readonly origins: OriginCheck,
    private readonly recent: RecentSignIn,
    /** Null: credentials of ours alone are accepted. */
    private readonly former: FormerCredentials | null = null,
  ) {}

  /** @internal The cookies that are credentials here. */
  get credentialCookies(): CredentialCookies {
    return this.cookies;
  }

  /**
   * The principal, when it can be told without waiting; else `undefined`: ask `authenticate`. Throws some of its errors.
   */
  cached(
    request: HttpRequest,
    accepted: CredentialKind,
    maxStalenessMs: number | null,
  ): Principal | undefined {
    refuseTokenInUrl(request);
    if (hasAuthorization(request)) {
      const token = accepted === 'session' ? undefined : bearerToken(request);
      return token === undefined ? undefined : this.authenticator.cachedAccessToken(token, maxStalenessMs);
    }
    const held = this.held(request, accepted);
    // The handshake of a connection is checked otherwise.
    if (held === undefined || isHandshake(request)) return undefined;
    this.origins.check(request);
    if (held.isAccessToken) return this.authenticator.cachedAccessToken(held.value, maxStalenessMs);
    const principal = this.authenticator.cachedSession(held.value, maxStalenessMs);
    if (principal) this.former?.received(request);
    return principal;
  }

  /** The same as `authenticate`, asked once for each request. `response`: of the first that asks, as there. */
  authenticateOnce(
    request: HttpRequest,
    accepted: CredentialKind,
    maxStalenessMs: number | null,
    response?: unknown,
  ): Promise<Principal> {
    return this.memo.askOnce(request, accepted, maxStalenessMs, () =>
      this.authenticate(request, accepted, { maxStalenessMs, response }),
    );
  }

  /** Throws every error of `Authenticator`, CredentialsMissingError, RequestInvalidError and CsrfRejectedError. */
  async authenticate(
    request: HttpRequest,
    accepted: CredentialKind,
    { handshake = false, maxStalenessMs = null, response }: HowToAuthenticate = {},
  ): Promise<Principal> {
    refuseTokenInUrl(request);
    if (hasAuthorization(request)) {
      const token = accepted === 'session' ? undefined : bearerToken(request);
      if (token === undefined) throw credentialsMissing(request, accepted, this.cookies);
      return this.authenticator.accessToken(token, maxStalenessMs);
    }
    const held = this.held(request, accepted);
    const opensConnection = handshake || isHandshake(request);
    if (held === undefined) {
      // An answer that opens a connection sets no cookie: what it opened could not be handed over.
      const mayOpen = accepted !== 'access-token' && !opensConnection;
      const opened = mayOpen ? await this.byFormer(request, response) : undefined;
      if (opened) return opened;
      throw credentialsMissing(request, accepted, this.cookies);
    }
    if (opensConnection) this.origins.checkHeaders(asSent(request));
    else this.origins.check(request);
    if (held.isAccessToken) return this.authenticator.accessToken(held.value, maxStalenessMs);
    const principal = await this.authenticator.session(held.value, maxStalenessMs);
    this.former?.received(request);
    return principal;
  }

  /** Throws RecentSignInRequiredError when the user authenticated longer ago. */
  requireRecent(principal: Principal, maxAgeMs: number): void {
    this.recent.requireWithin(principal, maxAgeMs);
  }

  /**
   * The credential in a cookie. Beside an access token a session cookie does not count, whatever becomes of the token: two
   * cookies of two sign-ins must not make one request two users.
   */
  private held(request: HttpRequest, accepted: CredentialKind): HeldCookie | undefined {
    const { session, access } = this.cookies;
    if (access !== null && accepted !== 'session') {
      const value = cookieOf(request, access);
      if (value !== undefined) return { value, isAccessToken: true };
    }
    const value = session === null || accepted === 'access-token' ? undefined : cookieOf(request, session);
    return value === undefined ? undefined : { value, isAccessToken: false };
  }

  private async byFormer(request: HttpRequest, response: unknown): Promise<Principal | undefined> {
    if (!this.former?.isHeldBy(request)) return undefined;
    this.origins.check(request);
    return this.former.signIn(request, response ?? (request as { readonly res?: unknown }).res);
  }

  /**
   * Whether a caller counts as signed out, rather than refused, where signing in is optional: without a credential, and
   * with a cookie that has ended, has expired, is unknown or came twice. A bad Authorization header is refused:
   * browsers do not send one by themselves.
   */
  isSignedOut(error: unknown, request: HttpRequest): boolean {
    if (hasAuthorization(request) || hasTokenInUrl(request)) return false;
    return SIGNED_OUT.some((type) => error instanceof type);
  }

  /**
   * For a gateway's `handleConnection(client, request)`, which guards do not cover. Checks the credentials of the handshake
   * and keeps them, so guards can check them again with each message. Call it again when the client has sent a new access token,
   * with `{ headers: { authorization } }`: from then on that one counts.
   *
   * @throws CredentialsMissingError, CsrfRejectedError, RequestInvalidError, and the errors of `Authenticator`.
   * @throws ForbiddenError for a credential of another user: a connection stays with its user.
   * @example
   * ```ts
   * import type { IncomingMessage } from 'node:http';
   * import { RequestAuthenticator, StoreUnavailableError } from 'nestjs-aerie';
   * import type { WebSocket } from 'ws';
   *
   * export class Gateway {
   *   constructor(private readonly requests: RequestAuthenticator) {}
   *   async handleConnection(client: WebSocket, request: IncomingMessage) {
   *     await this.requests
   *       .connection(client, request)
   *       .catch((error) => client.close(error instanceof StoreUnavailableError ? 1013 : 4401));
   *   }
   * }
   * ```
   */
  async connection(client: object, request: HttpRequest): Promise<Principal> {
    // Clients need not wait for this answer: the guards check the handshake with their first messages too.
    if (!hasHandshake(client)) rememberHandshake(client, request);
    const principal = await this.authenticate(request, 'any', { handshake: true });
    const user = this.users.get(client) ?? principal.id;
    if (principal.id !== user) throw new ForbiddenError();
    this.users.set(client, user);
    rememberHandshake(client, request);
    return principal;
  }
}

export interface HowToAuthenticate {
  /**
   * The request opened a connection, whatever its headers say: Socket.IO begins with an ordinary GET. One with an
   * `Upgrade` header, and HTTP/2's extended CONNECT, are recognised without it. Default false.
   */
  readonly handshake?: boolean;
  /** How old the knowledge may be that the sign-in lives. Default null: as the options say. */
  readonly maxStalenessMs?: number | null;
  /** The answer (Express or Fastify), for the cookie of a session that a former one opens. Default: Express knows it. */
  readonly response?: unknown;
}
