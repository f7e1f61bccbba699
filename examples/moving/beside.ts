// Side by side: AuthModule signs people in; what was handed out before is accepted until it has expired.
import {
  Body,
  type CanActivate,
  Controller,
  type ExecutionContext,
  ForbiddenException,
  Get,
  HttpCode,
  Injectable,
  Module,
  Post,
  Req,
  UnauthorizedException,
  UseGuards,
} from '@nestjs/common';
import { AuthenticationService, AuthModule, JwtAuthGuard, type Principal, requesterOf } from 'nestjs-aerie';
import { formerSignIns, refreshJwt } from 'nestjs-aerie/former-sign-ins';
import { typeOrmStores } from 'nestjs-aerie/typeorm';
import type { Request } from 'express';
import { bearerOf, type CallerRequest, hashOf, REFRESH_SECRET, Tokens } from './before.js';
import { Directory, UsersModule } from './directory.js';
import { Users } from './users.js';

/** Access tokens of both kinds. The former ones are all gone fifteen minutes after the last of them was issued. */
@Injectable()
class EitherGuard implements CanActivate {
  constructor(
    private readonly former: Tokens,
    private readonly ours: JwtAuthGuard,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<CallerRequest & { user?: Principal }>();
    try {
      request.caller = this.former.callerOf(bearerOf(request));
      return true;
    } catch {
      await this.ours.canActivate(context);
    }
    const { id, roles } = request.user!;
    request.caller = { id: Number(id), role: roles[0]! };
    return true;
  }
}

@Controller()
class AccountController {
  constructor(
    private readonly users: Users,
    private readonly authentication: AuthenticationService,
  ) {}

  @Post('sign-in')
  @HttpCode(200)
  async signIn(@Body() { email, password }: { email: string; password: string }, @Req() request: Request) {
    const options = { mode: 'tokens', requester: requesterOf(request) } as const;
    const result = await this.authentication.signInWithPassword(email, password, options);
    if (result.mode === 'session') throw new TypeError('the mode is "tokens"');
    const { principal, accessToken, refreshToken } = result;
    return { userId: Number(principal.id), accessToken, refreshToken };
  }

  /** A former token is exchanged as well: formerSignIns sees to it. */
  @Post('refresh')
  @HttpCode(200)
  async refresh(@Body() { refreshToken: token }: { refreshToken: string }, @Req() request: Request) {
    const requester = requesterOf(request);
    const { principal, accessToken, refreshToken } = await this.authentication.refresh(token, { requester });
    return { userId: Number(principal.id), accessToken, refreshToken };
  }

  @UseGuards(EitherGuard)
  @Post('sign-out')
  @HttpCode(204)
  async signOut(@Req() { caller, user }: CallerRequest & { user?: Principal }): Promise<void> {
    if (user) await this.authentication.signOut(user);
    // The former refresh token as well: it is not the current one any more, here and if the former code comes back.
    await this.users.setRefreshHash(caller.id, null);
  }

  @UseGuards(EitherGuard)
  @Post('password')
  @HttpCode(204)
  async changePassword(
    @Req() { caller }: CallerRequest,
    @Body() { from, to }: { from: string; to: string },
  ): Promise<void> {
    if (!(await this.users.hasPassword(await this.users.byId(caller.id), from)))
      throw new UnauthorizedException();
    await this.users.setPassword(caller.id, to);
    // For the former code, if it comes back; and for everything that is ours, former credentials included.
    await this.users.setRefreshHash(caller.id, null);
    await this.authentication.credentialsChanged(caller.id);
  }
}

@UseGuards(EitherGuard)
@Controller()
class PagesController {
  @Get('me')
  me(@Req() { caller }: CallerRequest) {
    return { id: caller.id, role: caller.role };
  }

  @Get('reports')
  reports(@Req() { caller }: CallerRequest) {
    if (caller.role !== 'admin') throw new ForbiddenException();
    return [];
  }
}

const inEightDays = () => new Date(Date.now() + 8 * 86_400_000).toISOString();

/** Former refresh tokens live for a week: eight days after the last one was handed out, none is left. */
export const former = (until: string) =>
  formerSignIns({
    inject: [Users],
    useFactory: (users: Users) => ({
      until,
      accept: [
        refreshJwt({
          secret: REFRESH_SECRET,
          isCurrent: async (id, token) => (await users.byId(Number(id)))?.refreshHash === hashOf(token),
        }),
      ],
    }),
  });

@Module({
  imports: [
    UsersModule,
    AuthModule.forRoot({
      imports: [UsersModule],
      users: Directory,
      stores: typeOrmStores(),
      secret: 'thirty-two random bytes or more, from the environment',
      issuer: 'https://app.example.com',
      routes: false,
      features: [former(process.env['FORMER_UNTIL'] ?? inEightDays())],
    }),
  ],
  providers: [Tokens, EitherGuard],
  controllers: [AccountController, PagesController],
})
export class BesideModule {}
