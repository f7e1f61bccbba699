import { type Provider } from '@nestjs/common';
import { APP_FILTER, HttpAdapterHost } from '@nestjs/core';
import { AuthLifecycle } from '../lifecycle/auth.lifecycle.js';
import { OriginCheck } from '../context/origin-check.js';
import { RequestAuthenticator } from '../context/request-authenticator.js';
import { AnyAuthGuard } from '../guards/any-auth.guard.js';
import { JwtAuthGuard } from '../guards/jwt-auth.guard.js';
import { LocalAuthGuard } from '../guards/local-auth.guard.js';
import { RolesGuard } from '../guards/roles.guard.js';
import { SameOriginGuard } from '../guards/same-origin.guard.js';
import { SessionAuthGuard } from '../guards/session-auth.guard.js';
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
import { CredentialEnding } from '../sign-in/credential-ending.js';

type Options = ResolvedAuthOptions;

/** The edge: guards, strategies, routes, and what they read requests with. */
export const EDGE_PROVIDERS: Provider[] = [
  {
    provide: OriginCheck,
    inject: [ResolvedAuthOptions],
    useFactory: ({ origins }: Options) => new OriginCheck(origins),
  },
  {
    provide: RequestAuthenticator,
    inject: [Authenticator, ResolvedAuthOptions, OriginCheck],
    useFactory: (authenticator: Authenticator, { cookies }: Options, origins: OriginCheck) =>
      new RequestAuthenticator(authenticator, cookies.session.name, origins),
  },
  {
    provide: AuthCookies,
    inject: [ResolvedAuthOptions],
    useFactory: ({ cookies }: Options) => new AuthCookies(cookies),
  },
  {
    provide: SignInResponse,
    inject: [HttpAdapterHost, AuthCookies],
    useFactory: (host: HttpAdapterHost, cookies: AuthCookies) => new SignInResponse(host, cookies),
  },
  {
    provide: PresentedSignIns,
    inject: [CredentialEnding, ResolvedAuthOptions, OriginCheck],
    useFactory: (endings: CredentialEnding, options: Options, origins: OriginCheck) =>
      new PresentedSignIns(endings, options, origins),
  },
  {
    provide: HttpSignIn,
    inject: [
      AuthenticationService,
      Authenticator,
      SignInResponse,
      PresentedSignIns,
      OriginCheck,
      ResolvedAuthOptions,
    ],
    useFactory: (
      authentication: AuthenticationService,
      authenticator: Authenticator,
      answer: SignInResponse,
      held: PresentedSignIns,
      origins: OriginCheck,
      options: Options,
    ) => new HttpSignIn(authentication, authenticator, answer, held, origins, options),
  },
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
  UnguardedHandlers,
  AuthExceptionFilter,
  { provide: APP_FILTER, useExisting: AuthExceptionFilter },
];
