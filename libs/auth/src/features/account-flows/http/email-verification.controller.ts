import { Get, Header, HttpCode, Post, Req, Res, UseFilters, UseGuards } from '@nestjs/common';
import type { HttpRequest } from '../../../context/http-request.js';
import { requesterOf } from '../../../context/requester-of.js';
import { strictBody } from '../../../context/strict-input.js';
import { CurrentUser } from '../../../decorators/current-user.decorator.js';
import { Public } from '../../../decorators/public.decorator.js';
import { AnyAuthGuard } from '../../../guards/any-auth.guard.js';
import { AuthExceptionFilter } from '../../../http/auth-exception.filter.js';
import type { Principal } from '../../../principal/principal.js';
import { EmailVerification } from '../flows/email-verification.js';
import { FlowPages } from '../pages/flow-pages.js';
import { FLOW_FIELDS } from '../flows/flow-arguments.js';
import { KeptSignIn } from './kept-sign-in.js';

const { token, current_password } = FLOW_FIELDS;

/** The routes that verify an address. */
@UseFilters(AuthExceptionFilter)
export class EmailVerificationController {
  constructor(
    private readonly flow: EmailVerification,
    private readonly kept: KeptSignIn,
    private readonly pages: FlowPages,
  ) {}

  @UseGuards(AnyAuthGuard)
  @Post('email/verify/send')
  @HttpCode(202)
  @Header('Cache-Control', 'no-store')
  send(@Req() request: HttpRequest, @CurrentUser() user: Principal): void {
    strictBody(request, {});
    this.flow.ask(user.id, requesterOf(request));
  }

  @Public({ optional: true })
  @UseGuards(AnyAuthGuard)
  @Post('email/verify')
  @HttpCode(200)
  @Header('Cache-Control', 'no-store')
  async verify(
    @Req() request: HttpRequest,
    @Res({ passthrough: true }) response: unknown,
    @CurrentUser() user: Principal | undefined,
  ) {
    const given = strictBody(request, { token, current_password });
    const { voided, kept } = await this.flow.verify(given.token as string, {
      principal: user,
      password: given.current_password as string | undefined,
      mode: this.kept.modeOf(request),
      requester: requesterOf(request),
    });
    return { credentials_voided: voided, ...(await this.kept.bodyOf(kept, request, response)) };
  }

  /** GET and HEAD spend no link: the page is the same for all. */
  @Public()
  @Get('email/verify')
  page(@Res({ passthrough: true }) response: unknown): string {
    return this.pages.page('verifyEmail', response);
  }
}
