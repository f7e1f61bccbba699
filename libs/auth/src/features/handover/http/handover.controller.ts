import { Get, Header, HttpCode, Param, Post, Req, Res, UseFilters } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { formOf, type HttpRequest } from '../../../context/http-request.js';
import { OriginCheck } from '../../../context/origin-check.js';
import { RequestAuthenticator } from '../../../context/request-authenticator.js';
import { requesterOf } from '../../../context/requester-of.js';
import { strictBody } from '../../../context/strict-input.js';
import { Public } from '../../../decorators/public.decorator.js';
import { AuthExceptionFilter } from '../../../http/auth-exception.filter.js';
import { RoutesPath } from '../../../http/mount-path.js';
import { PresentedSignIns } from '../../../http/presented-sign-ins.js';
import { SignInResponse } from '../../../http/sign-in-response.js';
import type { ProvenSignIn } from '../../../sign-in/sign-out.js';
import { HandoverInvalidError } from '../handover-errors.js';
import { HandoverTokens } from '../handover-token.js';
import { HANDOVER_LIFE_MS, Handovers } from '../handovers.js';
import { HandoverCookie } from './handover-cookie.js';
import { HANDOVER_FIELDS } from './handover-descriptions.js';
import { askingPage, HANDOVER_PAGE_HEADERS, INVALID_PAGE } from './handover-page.js';

const SIGN_IN_ID = 36;

/** Where links lead, and how this deployment's browsers hold a sign-in. */
export abstract class HandoverRoutes {
  /** Without a trailing slash. */
  abstract readonly base: string;
  abstract readonly mode: 'session' | 'hybrid';
}

/** The routes of a handover: an application asks for a link, a browser opens it, and waits for a click. */
@UseFilters(AuthExceptionFilter)
export class HandoverController {
  constructor(
    private readonly handovers: Handovers,
    private readonly tokens: HandoverTokens,
    private readonly routes: HandoverRoutes,
    private readonly path: RoutesPath,
    private readonly cookie: HandoverCookie,
    private readonly requests: RequestAuthenticator,
    private readonly origins: OriginCheck,
    private readonly presented: PresentedSignIns,
    private readonly answer: SignInResponse,
    private readonly host: HttpAdapterHost,
  ) {}

  @Public()
  @Post('handover')
  @HttpCode(201)
  @Header('Cache-Control', 'no-store')
  async ask(@Req() request: HttpRequest, @Res({ passthrough: true }) response: unknown) {
    const body = strictBody(request, HANDOVER_FIELDS);
    const refreshToken = body.refresh_token as string | undefined;
    const owner =
      refreshToken === undefined
        ? await this.requests.authenticateOnce(request, 'any', null, response)
        : { refreshToken };
    const { token } = await this.handovers.offer(owner, {
      requester: requesterOf(request),
      ...(body.scope !== undefined && { scopes: String(body.scope).split(/ +/).filter(Boolean) }),
      ...(body.target !== undefined && { target: String(body.target) }),
    });
    const url = `${this.routes.base}${this.path.get().replace(/\/$/, '')}/handover/open/${token}`;
    return { url, expires_in: HANDOVER_LIFE_MS / 1_000 };
  }

  /** Moves the token out of the address. It asks no store, so a program that opens every link spends nothing. */
  @Public()
  @Get('handover/open/:token')
  @Header('Cache-Control', 'no-store')
  arrive(@Param('token') value: string, @Res({ passthrough: true }) response: unknown): string {
    const token = this.tokens.parse(value);
    if (!token) return this.show(response, 400, INVALID_PAGE);
    const { httpAdapter } = this.host;
    httpAdapter.appendHeader(response, 'Set-Cookie', this.cookie.set(token.token));
    httpAdapter.setHeader(response, 'Referrer-Policy', 'no-referrer');
    // Relative: a proxy may show the routes under another path.
    httpAdapter.setHeader(response, 'Location', '../open');
    httpAdapter.status(response, 303);
    return '';
  }

  @Public()
  @Get('handover/open')
  @Header('Cache-Control', 'no-store')
  async page(@Req() request: HttpRequest, @Res({ passthrough: true }) response: unknown): Promise<string> {
    return this.orInvalid(response, async () => {
      const { subject, accountName } = await this.handovers.preview(this.cookie.read(request));
      const other = othersOf(subject, await this.held(request))[0];
      return this.show(response, 200, askingPage(accountName, other?.id ?? null));
    });
  }

  @Public()
  @Post('handover/open')
  @HttpCode(200)
  @Header('Cache-Control', 'no-store')
  async open(@Req() request: HttpRequest, @Res({ passthrough: true }) response: unknown): Promise<string> {
    this.origins.check(request);
    const { replaced } = strictBody(
      // Read as a form before the framework, else by a parser of the application's.
      { headers: request.headers, body: formOf(request) ?? request.body },
      { replaced: { type: 'string', max: SIGN_IN_ID } },
      { forms: true },
    );
    return this.orInvalid(response, async () => {
      const token = this.cookie.read(request);
      const { subject, accountName } = await this.handovers.preview(token);
      const others = othersOf(subject, await this.held(request));
      const first = others[0];
      // Cookies of `SameSite=Strict` come with this request alone, so the page may not have known of it.
      if (first && first.id !== replaced) return this.show(response, 409, askingPage(accountName, first.id));
      const { mode } = this.routes;
      const former = unlessTwice([...(await this.presented.former(request, mode)), ...others]);
      const { result, target, parentId } = await this.handovers.open(token, mode, {
        requester: requesterOf(request),
        replacing: former.map(({ id }) => id),
      });
      // The parent's own browser: its sign-in goes on, or the one just opened would end with it.
      await this.presented.endFormer(
        former.filter(({ id }) => id !== parentId),
        request,
      );
      this.host.httpAdapter.appendHeader(response, 'Set-Cookie', this.cookie.cleared);
      if (first) this.answer.clear(response, mode === 'session' ? 'refresh' : 'session');
      this.answer.of(result, response);
      return this.answer.redirect(target, response);
    });
  }

  /** The sign-ins whose cookies this browser holds, of either kind. */
  private async held(request: HttpRequest): Promise<readonly ProvenSignIn[]> {
    return unlessTwice([
      ...(await this.presented.former(request, 'session')),
      ...(await this.presented.former(request, 'hybrid')),
    ]);
  }

  /** A page in place of JSON: a person sees it. */
  private async orInvalid(response: unknown, work: () => Promise<string>): Promise<string> {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof HandoverInvalidError)) throw error;
      this.host.httpAdapter.appendHeader(response, 'Set-Cookie', this.cookie.cleared);
      return this.show(response, 400, INVALID_PAGE);
    }
  }

  private show(response: unknown, status: number, page: string): string {
    const { httpAdapter } = this.host;
    for (const [name, value] of Object.entries(HANDOVER_PAGE_HEADERS))
      httpAdapter.setHeader(response, name, value);
    httpAdapter.status(response, status);
    return page;
  }
}

const unlessTwice = (signIns: readonly ProvenSignIn[]): readonly ProvenSignIn[] =>
  signIns.filter(({ id }, index) => signIns.findIndex((one) => one.id === id) === index);
const othersOf = (subject: string, held: readonly ProvenSignIn[]): readonly ProvenSignIn[] =>
  held.filter((one) => one.subject !== subject);
