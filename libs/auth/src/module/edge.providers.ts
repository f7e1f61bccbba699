import { KnownDevices } from '../attempts/known-devices.js';
import { type Provider } from '@nestjs/common';
import { APP_FILTER, HttpAdapterHost } from '@nestjs/core';
import { AuthLifecycle } from '../lifecycle/auth.lifecycle.js';
import { OriginCheck } from '../context/origin-check.js';
import { FormerCredentials } from '../context/credentials/former-credentials.js';
import { RequestAuthenticator } from '../context/request-authenticator.js';
import { AnyAuthGuard } from '../guards/any-auth.guard.js';
import { JwtAuthGuard } from '../guards/jwt-auth.guard.js';
import { LocalAuthGuard } from '../guards/local-auth.guard.js';
import { RolesGuard } from '../guards/roles.guard.js';
import { SameOriginGuard } from '../guards/same-origin.guard.js';
import { SessionAuthGuard } from '../guards/session-auth.guard.js';
import { SignedUrlGuard } from '../guards/signed-url.guard.js';
import { UnguardedHandlers } from '../guards/unguarded-handlers.js';
import { AuthCookies } from '../http/auth-cookies.js';
import { AuthExceptionFilter } from '../http/auth-exception.filter.js';
import { EarlyHook } from '../http/early/early-hook.js';
import { PresentedSignIns } from '../http/presented-sign-ins.js';
import { HttpSignIn } from '../http/http-sign-in.js';
import { RoutesPath } from '../http/mount-path.js';
import { SignInResponse } from '../http/sign-in-response.js';
import { ResolvedAuthOptions } from '../options/resolve-auth-options.js';
import { JwtStrategy } from '../passport/jwt.strategy.js';
import { LocalStrategy } from '../passport/local.strategy.js';
import { SessionStrategy } from '../passport/session.strategy.js';
import { StrategyRegistration } from '../passport/strategy-registration.js';
import { AuthenticationService } from '../sign-in/authentication.service.js';
import { Authenticator } from '../sign-in/authenticator.js';
import { RecentSignIn } from '../sign-in/recent-sign-in.js';
import { SignOut } from '../sign-in/sign-out.js';
import { DerivedKeys } from '../crypto/derived-keys.js';
import { SignedUrls } from '../signed-urls/signed-urls.js';
import { Clock } from '../time/clock.js';
import { nullable, provide } from '../wiring/provide.js';

/** The edge: guards, strategies, routes, and what they read requests with. */
export const EDGE_PROVIDERS: Provider[] = [
  provide(OriginCheck, [ResolvedAuthOptions], ({ origins }) => new OriginCheck(origins)),
  provide(
    RequestAuthenticator,
    [Authenticator, ResolvedAuthOptions, OriginCheck, RecentSignIn, nullable(FormerCredentials)],
    (authenticator, { cookies, accessTokens }, origins, recent, former) => {
      const names = {
        session: cookies.session.name,
        access: accessTokens.cookie ? cookies.access.name : null,
      };
      return new RequestAuthenticator(authenticator, names, origins, recent, former);
    },
  ),
  provide(
    AuthCookies,
    [ResolvedAuthOptions],
    ({ cookies, accessTokens }) => new AuthCookies(cookies, accessTokens.cookie),
  ),
  provide(
    SignInResponse,
    [HttpAdapterHost, AuthCookies, Clock],
    (host, cookies, clock) => new SignInResponse(host, cookies, clock),
  ),
  provide(
    PresentedSignIns,
    [SignOut, AuthCookies, OriginCheck, nullable(FormerCredentials)],
    (signOut, cookies, origins, former) => new PresentedSignIns(signOut, cookies, origins, former),
  ),
  provide(
    HttpSignIn,
    [
      AuthenticationService,
      Authenticator,
      SignInResponse,
      PresentedSignIns,
      OriginCheck,
      ResolvedAuthOptions,
      KnownDevices,
    ],
    (authentication, authenticator, response, presented, origins, options, devices) =>
      new HttpSignIn(authentication, authenticator, response, presented, origins, options, devices),
  ),
  provide(
    SignedUrls,
    [DerivedKeys, ResolvedAuthOptions, Clock],
    (keys, { signedUrls }, clock) => new SignedUrls(keys, signedUrls, clock),
  ),
  RoutesPath,
  EarlyHook,
  JwtStrategy,
  LocalStrategy,
  SessionStrategy,
  StrategyRegistration,
  AuthLifecycle,
  JwtAuthGuard,
  SessionAuthGuard,
  AnyAuthGuard,
  LocalAuthGuard,
  SameOriginGuard,
  RolesGuard,
  SignedUrlGuard,
  UnguardedHandlers,
  AuthExceptionFilter,
  { provide: APP_FILTER, useExisting: AuthExceptionFilter },
];
