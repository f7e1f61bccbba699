import { Injectable } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { LONGEST_IN_COOKIE } from '../access-tokens/access-token-issuer.js';
import type { Principal } from '../principal/principal.js';
import type { SignInResult } from '../sign-in/sign-in-result.js';
import type { HttpRequest } from '../context/http-request.js';
import { DEVICE_DAYS } from '../attempts/known-devices.js';
import { AuthCookies, type CookieKind } from './auth-cookies.js';
import { localPath } from './local-path.js';
import type { Clock } from '../time/clock.js';
import { REDIRECT_PAGE_HEADERS, redirectPage } from './redirect-page.js';
import type { SignInRecord } from '../stores/sign-in-record.js';

/** A principal as answers show it. */
export function userBody({ id, roles, scopes, ...rest }: Principal): Record<string, unknown> {
  const { signInId: _signIn, kind: _kind, authenticatedAt: _at, methods: _methods, ...profile } = rest;
  return { id, ...profile, roles, scopes };
}

/** Puts the result of a sign-in into a response: cookies as the mode asks, and the body to return. For an application's own routes too. */
@Injectable()
export class SignInResponse {
  /** @internal */
  constructor(
    private readonly host: HttpAdapterHost,
    private readonly cookies: AuthCookies,
    private readonly clock: Pick<Clock, 'now'>,
  ) {}

  /**
   * Sets the cookies on the response (Express or Fastify) and gives the body. With `accessTokens.cookie`, a browser is signed in by
   * one kind of cookie: it removes those of the other kind that the request came with.
   */
  of(result: SignInResult, response: unknown): Record<string, unknown> {
    const user = userBody(result.principal);
    if (result.mode === 'session') {
      const { sessionToken, principal, expiresAt, idleExpiresAt } = result;
      const left = Math.max(0, Math.round((expiresAt.getTime() - this.clock.now()) / 1000));
      this.setCookie(response, 'session', sessionToken, left);
      if (this.cookies.keepsAccessTokens)
        for (const kind of ['access', 'refresh'] as const) this.clear(response, kind);
      const limits = { expires_at: expiresAt.toISOString(), idle_expires_at: idleExpiresAt.toISOString() };
      return { user, sign_in: { id: principal.signInId, ...limits } };
    }
    const { accessToken, expiresIn, refreshToken, refreshExpiresIn } = result;
    const access = { access_token: accessToken, token_type: 'Bearer', expires_in: expiresIn };
    if (result.mode === 'hybrid') {
      this.setCookie(response, 'refresh', refreshToken, refreshExpiresIn);
      if (this.cookies.keepsAccessTokens) {
        // What is done must be answered, a change of password for one: the next refresh then says that the token is too long.
        if (accessToken.length > LONGEST_IN_COOKIE) this.clear(response, 'access');
        // As long as the refresh token: one whose time has passed says so, and the client refreshes.
        else this.setCookie(response, 'access', accessToken, refreshExpiresIn);
        this.clear(response, 'session');
        return { expires_in: expiresIn, refresh_expires_in: refreshExpiresIn, user };
      }
      return { ...access, refresh_expires_in: refreshExpiresIn, user };
    }
    return { ...access, refresh_token: refreshToken, refresh_expires_in: refreshExpiresIn, user };
  }

  /**
   * Makes the answer a page that leads the browser to a path of this application, and gives its body: call it after `of`,
   * in place of the body that gave. Throws RequestInvalidError for a target that leads elsewhere.
   */
  redirect(target: string, response: unknown): string {
    const page = redirectPage(localPath(target));
    for (const [name, value] of Object.entries(REDIRECT_PAGE_HEADERS))
      this.host.httpAdapter.setHeader(response, name, value);
    return page;
  }

  /** Removes every variant of a cookie that the request came with. */
  clear(response: unknown, kind: CookieKind): void {
    this.append(response, this.cookies.clear(kind, requestBehind(response)));
  }

  /** Marks the browser as one that the subject signed in with. */
  rememberDevice(response: unknown, text: string): void {
    this.setCookie(response, 'device', text, DEVICE_DAYS * 24 * 3_600);
  }

  private setCookie(response: unknown, kind: CookieKind, value: string, maxAgeSeconds: number): void {
    this.append(response, this.cookies.set(kind, value, maxAgeSeconds, requestBehind(response)));
  }

  private append(response: unknown, lines: readonly string[]): void {
    for (const line of lines) this.host.httpAdapter.appendHeader(response, 'Set-Cookie', line);
  }
}

/** The request that a response answers: Express and Fastify both keep it. */
function requestBehind(response: unknown): HttpRequest {
  const { req, request } = response as { readonly req?: HttpRequest; readonly request?: HttpRequest };
  return request ?? req ?? { headers: {} };
}

/** A sign-in as the list shows it. */
export function signInBody(record: SignInRecord, currentId: string): Record<string, unknown> {
  return {
    id: record.id,
    kind: record.kind,
    current: record.id === currentId,
    created_at: new Date(record.createdAt).toISOString(),
    last_seen_at: new Date(record.lastSeenAt).toISOString(),
    expires_at: new Date(record.expiresAt).toISOString(),
    ip: record.ip,
    user_agent: record.userAgent,
  };
}
