import { Get, Header, HttpCode, Post, Req, Res, UseFilters, UseGuards } from '@nestjs/common';
import type { HttpRequest } from '../../../context/http-request.js';
import { requesterOf } from '../../../context/requester-of.js';
import { strictBody } from '../../../context/strict-input.js';
import { CurrentUser } from '../../../decorators/current-user.decorator.js';
import { Public } from '../../../decorators/public.decorator.js';
import { AnyAuthGuard } from '../../../guards/any-auth.guard.js';
import { AuthExceptionFilter } from '../../../http/auth-exception.filter.js';
import type { Principal } from '../../../principal/principal.js';
import { EmailChange } from '../flows/email-change.js';
import { FlowPages } from '../pages/flow-pages.js';
import { FLOW_FIELDS } from '../flows/flow-arguments.js';
import { KeptSignIn } from './kept-sign-in.js';

const { token, email, current_password } = FLOW_FIELDS;

/** The routes of a user who moves to another address. */
@UseFilters(AuthExceptionFilter)
export class EmailChangeController {
  constructor(
    private readonly flow: EmailChange,
    private readonly kept: KeptSignIn,
    private readonly pages: FlowPages,
  ) {}

  @UseGuards(AnyAuthGuard)
  @Post('email/change')
  @HttpCode(202)
  @Header('Cache-Control', 'no-store')
  async change(@Req() request: HttpRequest, @CurrentUser() user: Principal): Promise<void> {
    const given = strictBody(request, { email, current_password });
    await this.flow.ask(user, given.email as string, {
      password: given.current_password as string | undefined,
      requester: requesterOf(request),
    });
  }

  @Public({ optional: true })
  @UseGuards(AnyAuthGuard)
  @Post('email/confirm')
  @HttpCode(200)
  @Header('Cache-Control', 'no-store')
  async confirm(
    @Req() request: HttpRequest,
    @Res({ passthrough: true }) response: unknown,
    @CurrentUser() user: Principal | undefined,
  ) {
    const given = strictBody(request, { token, email });
    const kept = await this.flow.confirm(given.token as string, given.email as string, {
      principal: user,
      mode: this.kept.modeOf(request),
      requester: requesterOf(request),
    });
    return this.kept.bodyOf(kept, request, response);
  }

  @Public()
  @Post('email/undo')
  @HttpCode(200)
  @Header('Cache-Control', 'no-store')
  async undo(@Req() request: HttpRequest) {
    const given = strictBody(request, { token, email });
    const requester = requesterOf(request);
    return { restored: await this.flow.undo(given.token as string, given.email as string, requester) };
  }

  /** GET and HEAD spend no link: the page is the same for all. */
  @Public()
  @Get('email/confirm')
  confirmPage(@Res({ passthrough: true }) response: unknown): string {
    return this.pages.page('confirmEmail', response);
  }

  /** GET and HEAD spend no link: the page is the same for all. */
  @Public()
  @Get('email/undo')
  undoPage(@Res({ passthrough: true }) response: unknown): string {
    return this.pages.page('undoEmail', response);
  }
}
