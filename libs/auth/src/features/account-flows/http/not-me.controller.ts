import { Header, HttpCode, Post, Req, UseFilters } from '@nestjs/common';
import type { HttpRequest } from '../../../context/http-request.js';
import { requesterOf } from '../../../context/requester-of.js';
import { strictBody } from '../../../context/strict-input.js';
import { Public } from '../../../decorators/public.decorator.js';
import { AuthExceptionFilter } from '../../../http/auth-exception.filter.js';
import { AccountRescue } from '../flows/account-rescue.js';
import { FLOW_FIELDS } from '../flows/flow-arguments.js';

/** The route behind "this was not me". */
@UseFilters(AuthExceptionFilter)
export class NotMeController {
  constructor(private readonly flow: AccountRescue) {}

  @Public()
  @Post('not-me')
  @HttpCode(204)
  @Header('Cache-Control', 'no-store')
  async notMe(@Req() request: HttpRequest): Promise<void> {
    const { token } = strictBody(request, { token: FLOW_FIELDS.token });
    await this.flow.notMe(token as string, requesterOf(request));
  }
}
