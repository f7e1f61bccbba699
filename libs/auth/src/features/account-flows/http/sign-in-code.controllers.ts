import { Header, HttpCode, Post, Req, Res, UseFilters, UseGuards } from '@nestjs/common';
import type { HttpRequest } from '../../../context/http-request.js';
import { requesterOf } from '../../../context/requester-of.js';
import { Public } from '../../../decorators/public.decorator.js';
import { SameOriginGuard } from '../../../guards/same-origin.guard.js';
import { AuthExceptionFilter } from '../../../http/auth-exception.filter.js';
import { HttpSignIn } from '../../../http/http-sign-in.js';
import { ResolvedAuthOptions } from '../../../options/resolve-auth-options.js';
import { Askers } from '../askers/askers.js';
import { MailedSignIns } from '../sign-in-links/mailed-sign-ins.js';
import { refusedAlike } from '../sign-in-links/refused-alike.js';
import { askingBody, codeBody } from './sign-in-requests.js';

/** Asks for a code in a mail. */
@Public()
@UseGuards(SameOriginGuard)
@UseFilters(AuthExceptionFilter)
export class SendCodeController {
  constructor(
    private readonly signIns: MailedSignIns,
    private readonly askers: Askers,
  ) {}

  @Post('code/send')
  @HttpCode(202)
  @Header('Cache-Control', 'no-store')
  send(@Req() request: HttpRequest, @Res({ passthrough: true }) response: unknown) {
    const { identifier, handle } = askingBody(request);
    const asker = this.askers.asking(request, response, handle ? 'handle' : 'cookie');
    this.signIns.send('code', identifier, asker, requesterOf(request));
    const expiresIn = { expires_in: this.signIns.lifetimeOf('code') / 1000 };
    return handle ? { ...expiresIn, handle: asker.text } : expiresIn;
  }
}

/** Sign-in by a code: of a mail, or of the page that a link showed elsewhere. */
@Public()
@UseGuards(SameOriginGuard)
@UseFilters(AuthExceptionFilter)
export class SignInCodeController {
  constructor(
    private readonly signIns: MailedSignIns,
    private readonly askers: Askers,
    private readonly http: HttpSignIn,
    private readonly options: ResolvedAuthOptions,
  ) {}

  @Post('code')
  @HttpCode(200)
  @Header('Cache-Control', 'no-store')
  async redeem(@Req() request: HttpRequest, @Res({ passthrough: true }) response: unknown) {
    const { code, handle, mode = this.options.defaultMode } = codeBody(request);
    const principal = await this.signIns.byCode(code, this.askers.of(request, handle), requesterOf(request));
    return refusedAlike(() => this.http.signIn(principal, { request, response }, { mode }));
  }
}
