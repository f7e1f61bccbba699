import { Delete, Get, Header, HttpCode, Param, Post, Req, Res, UseFilters, UseGuards } from '@nestjs/common';
import { bearerToken } from '../context/request-credentials.js';
import { presentedAccessToken } from './presented-access-token.js';
import type { HttpRequest } from '../context/http-request.js';
import { loginBody } from '../context/login-body.js';
import { OriginCheck } from '../context/origin-check.js';
import { requesterOf } from '../context/requester-of.js';
import { strictBody } from '../context/strict-input.js';
import { CurrentUser } from '../decorators/current-user.decorator.js';
import { Public } from '../decorators/public.decorator.js';
import { AnyAuthGuard } from '../guards/any-auth.guard.js';
import { LocalAuthGuard } from '../guards/local-auth.guard.js';
import { ResolvedAuthOptions } from '../options/resolve-auth-options.js';
import type { Principal } from '../principal/principal.js';
import { StepUp } from '../sign-in/step-up.js';
import { LOGIN_FIELDS } from '../users/login-fields.js';
import { AuthenticationService } from '../sign-in/authentication.service.js';
import { AuthExceptionFilter } from './auth-exception.filter.js';
import { PresentedSignIns } from './presented-sign-ins.js';
import { HttpSignIn } from './http-sign-in.js';
import { idempotencyKeyOf, presentedToken, requiredRefreshToken } from './refresh-request.js';
import { SignInResponse, userBody, signInBody } from './sign-in-response.js';

/**
 * The built-in routes. Not decorated with a path: the module makes a subclass for each registration. Handlers read
 * the request themselves: what is malformed is refused by code, and before Passport or a pipe sees it.
 */
@UseFilters(AuthExceptionFilter)
export class AuthController {
  constructor(
    private readonly authentication: AuthenticationService,
    private readonly signIn: HttpSignIn,
    private readonly answer: SignInResponse,
    private readonly held: PresentedSignIns,
    private readonly options: ResolvedAuthOptions,
    private readonly origins: OriginCheck,
    private readonly stepUps: StepUp,
  ) {}

  @Public()
  @UseGuards(LocalAuthGuard)
  @Post('login')
  @HttpCode(200)
  @Header('Cache-Control', 'no-store')
  async login(
    @Req() request: HttpRequest,
    @Res({ passthrough: true }) response: unknown,
    @CurrentUser() user: Principal,
  ) {
    const { mode = this.options.defaultMode } = loginBody(request);
    return this.signIn.signIn(user, { request, response }, { mode });
  }

  @Public()
  @Post('refresh')
  @HttpCode(200)
  @Header('Cache-Control', 'no-store')
  async refresh(@Req() request: HttpRequest, @Res({ passthrough: true }) response: unknown) {
    const { token, by } = requiredRefreshToken(request, this.held, this.origins);
    const idempotencyKey = idempotencyKeyOf(request);
    const requester = requesterOf(request);
    const result = await this.authentication.refresh(token, {
      mode: by === 'cookie' ? 'hybrid' : 'tokens',
      requester,
      ...(idempotencyKey !== null && { idempotencyKey }),
    });
    return this.answer.of(result, response);
  }

  @UseGuards(AnyAuthGuard)
  @Post('step-up')
  @HttpCode(200)
  @Header('Cache-Control', 'no-store')
  async stepUp(
    @Req() request: HttpRequest,
    @CurrentUser() user: Principal,
    @Res({ passthrough: true }) response: unknown,
  ) {
    const { longestRefreshToken: max, refreshCookies } = this.held;
    const { password, refresh_token: inBody } = strictBody(request, {
      password: LOGIN_FIELDS.password,
      refresh_token: { type: 'string', max },
    });
    // A session is renewed by its cookie alone.
    const held =
      user.kind === 'tokens'
        ? presentedToken(request, inBody as string | undefined, refreshCookies, this.origins)
        : undefined;
    const tokens = held && {
      refreshToken: held.token,
      mode: held.by === 'cookie' ? ('hybrid' as const) : ('tokens' as const),
    };
    const result = await this.stepUps.withPassword(user, password, tokens, requesterOf(request));
    return this.answer.of(result, response);
  }

  @Public()
  @Post('logout')
  @HttpCode(204)
  @Header('Cache-Control', 'no-store')
  async logout(@Req() request: HttpRequest, @Res({ passthrough: true }) response: unknown): Promise<void> {
    await this.held.endAll(request);
    for (const kind of ['session', 'refresh', 'access'] as const) this.answer.clear(response, kind);
  }

  /**
   * The text proves that its holder may end it: no other credential is asked for. A cookie that held it stays: it says that the
   * token was revoked, so the client refreshes, and no session cookie beside it decides meanwhile.
   */
  @Public()
  @Post('access-token/revoke')
  @HttpCode(204)
  @Header('Cache-Control', 'no-store')
  async revokeAccessToken(@Req() request: HttpRequest): Promise<void> {
    const { accessTokens, cookies } = this.options;
    const cookie = accessTokens.cookie ? cookies.access.name : null;
    await this.authentication.revokeAccessToken(presentedAccessToken(request, cookie, this.origins));
  }

  @UseGuards(AnyAuthGuard)
  @Post('logout-all')
  @HttpCode(204)
  @Header('Cache-Control', 'no-store')
  async logoutAll(
    @Req() request: HttpRequest,
    @CurrentUser() user: Principal,
    @Res({ passthrough: true }) response: unknown,
  ) {
    const { except_current: exceptCurrent } = strictBody(request, { except_current: { type: 'boolean' } });
    if (exceptCurrent === true) {
      await this.authentication.endOtherSignIns(user.id, user.signInId);
      return;
    }
    await this.authentication.endAllSignIns(user.id);
    if (user.kind === 'session' && bearerToken(request) === undefined) this.answer.clear(response, 'session');
    this.answer.clear(response, 'refresh');
    this.answer.clear(response, 'access');
  }

  @UseGuards(AnyAuthGuard)
  @Get('me')
  @Header('Cache-Control', 'no-store')
  me(@CurrentUser() user: Principal) {
    return { user: userBody(user) };
  }

  @UseGuards(AnyAuthGuard)
  @Get('sign-ins')
  @Header('Cache-Control', 'no-store')
  async signIns(@CurrentUser() user: Principal) {
    const records = await this.authentication.listSignIns(user.id);
    return records.map((record) => signInBody(record, user.signInId));
  }

  @UseGuards(AnyAuthGuard)
  @Delete('sign-ins/:id')
  @HttpCode(204)
  @Header('Cache-Control', 'no-store')
  async endSignIn(@CurrentUser() user: Principal, @Param('id') id: string): Promise<void> {
    await this.authentication.endSignIn(user.id, id);
  }
}
