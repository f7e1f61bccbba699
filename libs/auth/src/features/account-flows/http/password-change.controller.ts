import { Header, HttpCode, Post, Req, Res, UseFilters, UseGuards } from '@nestjs/common';
import type { HttpRequest } from '../../../context/http-request.js';
import { requesterOf } from '../../../context/requester-of.js';
import { strictBody } from '../../../context/strict-input.js';
import { CurrentUser } from '../../../decorators/current-user.decorator.js';
import { AnyAuthGuard } from '../../../guards/any-auth.guard.js';
import { AuthExceptionFilter } from '../../../http/auth-exception.filter.js';
import type { Principal } from '../../../principal/principal.js';
import { FLOW_FIELDS } from '../flows/flow-arguments.js';
import { PasswordChange } from '../flows/password-change.js';
import { KeptSignIn } from './kept-sign-in.js';

const { password, current_password } = FLOW_FIELDS;
const FIELDS = { current_password: { ...current_password, required: true }, password };

/** The route of a user who changes the password. */
@UseFilters(AuthExceptionFilter)
export class PasswordChangeController {
  constructor(
    private readonly flow: PasswordChange,
    private readonly kept: KeptSignIn,
  ) {}

  @UseGuards(AnyAuthGuard)
  @Post('password')
  @HttpCode(200)
  @Header('Cache-Control', 'no-store')
  async change(
    @Req() request: HttpRequest,
    @Res({ passthrough: true }) response: unknown,
    @CurrentUser() user: Principal,
  ) {
    const given = strictBody(request, FIELDS);
    const [current, next] = [given.current_password as string, given.password as string];
    const how = { mode: this.kept.modeOf(request), requester: requesterOf(request) };
    return this.kept.bodyOf(await this.flow.change(user, current, next, how), request, response);
  }
}
