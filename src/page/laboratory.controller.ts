import { Controller, Get, Header, HttpCode, Post, Req, Res } from '@nestjs/common';
import {
  AuthenticationService,
  CurrentUser,
  ForbiddenError,
  type Principal,
  RequireRecentSignIn,
  requesterOf,
  SignInResponse,
} from 'nestjs-aerie';

const LABEL = 'laboratory';

/** What the page asks of the demo beside the module's own routes. The global guard lets signed-in users in, and no others. */
@Controller('page')
export class LaboratoryController {
  constructor(
    private readonly authentication: AuthenticationService,
    private readonly answer: SignInResponse,
  ) {}

  /**
   * Opens a sign-in with tokens beside that of the visitor: it can be stolen and die, and the visitor goes on watching. The
   * visitor's earlier ones end, so nobody fills the table with them.
   */
  @Post('laboratory')
  @HttpCode(200)
  @Header('Cache-Control', 'no-store')
  async open(
    @CurrentUser() user: Principal,
    @Req() request: Parameters<typeof requesterOf>[0],
    @Res({ passthrough: true }) response: unknown,
  ): Promise<Record<string, unknown>> {
    const earlier = (await this.authentication.listSignIns(user.id)).filter(({ label }) => label === LABEL);
    for (const { id } of earlier) if (id !== user.signInId) await this.authentication.endSignIn(user.id, id);
    const result = await this.authentication.signIn(user.id, {
      mode: 'tokens',
      label: LABEL,
      requester: requesterOf(request),
    });
    return { ...this.answer.of(result, response), sign_in_id: result.principal.signInId };
  }

  /**
   * A door that asks for the password once more. Nothing was proved when a laboratory's sign-in was opened, so its time of
   * authentication does not count here.
   */
  @RequireRecentSignIn('30s')
  @Get('safe')
  @Header('Cache-Control', 'no-store')
  safe(@CurrentUser() user: Principal): {
    text: string;
    authenticated_at: string;
    methods: readonly string[];
  } {
    const { authenticatedAt, methods } = user;
    if (methods.length === 0) throw new ForbiddenError();
    return { text: 'The safe is open.', authenticated_at: authenticatedAt.toISOString(), methods };
  }
}
