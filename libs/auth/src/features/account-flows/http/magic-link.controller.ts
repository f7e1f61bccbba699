import { Get, Header, HttpCode, Post, Req, Res, UseFilters, UseGuards } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { HttpRequest } from '../../../context/http-request.js';
import { requesterOf } from '../../../context/requester-of.js';
import { Public } from '../../../decorators/public.decorator.js';
import { SameOriginGuard } from '../../../guards/same-origin.guard.js';
import { AuthExceptionFilter } from '../../../http/auth-exception.filter.js';
import { HttpSignIn } from '../../../http/http-sign-in.js';
import { ResolvedAuthOptions } from '../../../options/resolve-auth-options.js';
import { Askers } from '../askers/askers.js';
import { LINK_PAGE_HEADERS, LINK_SCRIPT_HEADERS } from '../pages/link-page.js';
import { MAGIC_LINK_SCRIPT, magicLinkPage } from '../pages/magic-link-page.js';
import { MailedSignIns } from '../sign-in-links/mailed-sign-ins.js';
import { refusedAlike } from '../sign-in-links/refused-alike.js';
import { askingBody, linkBody, openingBody } from './sign-in-requests.js';

/** Sign-in by a link in a mail. */
@Public()
@UseGuards(SameOriginGuard)
@UseFilters(AuthExceptionFilter)
export class MagicLinkController {
  constructor(
    private readonly signIns: MailedSignIns,
    private readonly askers: Askers,
    private readonly http: HttpSignIn,
    private readonly options: ResolvedAuthOptions,
    private readonly host: HttpAdapterHost,
  ) {}

  @Post('magic/send')
  @HttpCode(202)
  @Header('Cache-Control', 'no-store')
  send(@Req() request: HttpRequest, @Res({ passthrough: true }) response: unknown) {
    const { identifier, handle } = askingBody(request);
    const asker = this.askers.asking(request, response, handle ? 'handle' : 'cookie');
    this.signIns.send('link', identifier, asker, requesterOf(request));
    const expiresIn = { expires_in: this.signIns.lifetimeOf('link') / 1000 };
    return handle ? { ...expiresIn, handle: asker.text } : expiresIn;
  }

  @Post('magic/open')
  @HttpCode(200)
  @Header('Cache-Control', 'no-store')
  async open(@Req() request: HttpRequest) {
    const { token, handle } = openingBody(request);
    const asker = this.askers.of(request, handle);
    const { askedHere, code, expiresAt } = await this.signIns.open(token, asker, requesterOf(request));
    return { asked_here: askedHere, code, expires_at: new Date(expiresAt).toISOString() };
  }

  @Post('magic')
  @HttpCode(200)
  @Header('Cache-Control', 'no-store')
  async redeem(@Req() request: HttpRequest, @Res({ passthrough: true }) response: unknown) {
    const { token, handle, mode = this.options.defaultMode } = linkBody(request);
    const asker = this.askers.of(request, handle);
    const principal = await this.signIns.byLink(token, asker, requesterOf(request));
    return refusedAlike(() => this.http.signIn(principal, { request, response }, { mode }));
  }

  /** The same page for every link: neither GET nor HEAD knows which one it is. */
  @Get('magic')
  page(@Res({ passthrough: true }) response: unknown): string {
    this.setHeaders(response, LINK_PAGE_HEADERS);
    return magicLinkPage(this.options.defaultMode === 'hybrid' ? 'hybrid' : 'session');
  }

  @Get('magic/page.js')
  script(@Res({ passthrough: true }) response: unknown): string {
    this.setHeaders(response, LINK_SCRIPT_HEADERS);
    return MAGIC_LINK_SCRIPT;
  }

  private setHeaders(response: unknown, headers: Readonly<Record<string, string>>): void {
    for (const [name, value] of Object.entries(headers))
      this.host.httpAdapter.setHeader(response, name, value);
  }
}
