import { Get, Header, HttpCode, Post, Req, Res, UseFilters } from '@nestjs/common';
import type { HttpRequest } from '../../../context/http-request.js';
import { requesterOf } from '../../../context/requester-of.js';
import { strictBody } from '../../../context/strict-input.js';
import { Public } from '../../../decorators/public.decorator.js';
import { AuthExceptionFilter } from '../../../http/auth-exception.filter.js';
import { FlowPages } from '../pages/flow-pages.js';
import { FLOW_FIELDS } from '../flows/flow-arguments.js';
import { PasswordReset } from '../flows/password-reset.js';
import { KeptSignIn } from './kept-sign-in.js';

/** The routes of a forgotten password. */
@UseFilters(AuthExceptionFilter)
export class PasswordResetController {
  constructor(
    private readonly flow: PasswordReset,
    private readonly pages: FlowPages,
    private readonly kept: KeptSignIn,
  ) {}

  @Public()
  @Post('password/forgot')
  @HttpCode(202)
  @Header('Cache-Control', 'no-store')
  forgot(@Req() request: HttpRequest): void {
    const { identifier } = strictBody(request, { identifier: FLOW_FIELDS.identifier });
    this.flow.ask(identifier as string, requesterOf(request));
  }

  @Public()
  @Post('password/reset')
  @HttpCode(204)
  @Header('Cache-Control', 'no-store')
  async reset(@Req() request: HttpRequest, @Res({ passthrough: true }) response: unknown): Promise<void> {
    const { token, password } = FLOW_FIELDS;
    const given = strictBody(request, { token, password });
    const [link, next] = [given.token as string, given.password as string];
    const subject = await this.flow.reset(link, next, requesterOf(request));
    // Strangers who guess must not keep the owner of the new password waiting.
    await this.kept.rememberDevice(subject, request, response);
  }

  /** GET and HEAD spend no link: the page is the same for all. */
  @Public()
  @Get('password/reset')
  page(@Res({ passthrough: true }) response: unknown): string {
    return this.pages.page('reset', response);
  }
}
