import { Get, Header, HttpCode, Post, Req, Res, UseFilters } from '@nestjs/common';
import type { HttpRequest } from '../../../context/http-request.js';
import { requesterOf } from '../../../context/requester-of.js';
import { strictBody } from '../../../context/strict-input.js';
import { Public } from '../../../decorators/public.decorator.js';
import { AuthExceptionFilter } from '../../../http/auth-exception.filter.js';
import { AccountRescue } from '../flows/account-rescue.js';
import { FlowPages } from '../pages/flow-pages.js';
import { FLOW_FIELDS } from '../flows/flow-arguments.js';

const { token, email } = FLOW_FIELDS;

/** The route behind "this was not me". */
@UseFilters(AuthExceptionFilter)
export class NotMeController {
  constructor(
    private readonly flow: AccountRescue,
    private readonly pages: FlowPages,
  ) {}

  @Public()
  @Post('not-me')
  @HttpCode(200)
  @Header('Cache-Control', 'no-store')
  async notMe(@Req() request: HttpRequest) {
    const given = strictBody(request, { token, email });
    const requester = requesterOf(request);
    return { restored: await this.flow.notMe(given.token as string, given.email as string, requester) };
  }

  /** GET and HEAD spend no link: the page is the same for all. */
  @Public()
  @Get('not-me')
  page(@Res({ passthrough: true }) response: unknown): string {
    return this.pages.page('notMe', response);
  }
}
