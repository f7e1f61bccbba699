// Afterwards: what was written by hand is gone.
import {
  Body,
  Controller,
  Get,
  HttpCode,
  Module,
  Post,
  Req,
  UnauthorizedException,
  UseGuards,
} from '@nestjs/common';
import {
  AuthenticationService,
  AuthModule,
  CurrentUser,
  JwtAuthGuard,
  type Principal,
  requesterOf,
  Roles,
} from 'nestjs-aerie';
import { typeOrmStores } from 'nestjs-aerie/typeorm';
import type { Request } from 'express';
import { Directory, UsersModule } from './directory.js';
import { Users } from './users.js';

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

  @Post('refresh')
  @HttpCode(200)
  async refresh(@Body() { refreshToken: token }: { refreshToken: string }, @Req() request: Request) {
    const requester = requesterOf(request);
    const { principal, accessToken, refreshToken } = await this.authentication.refresh(token, { requester });
    return { userId: Number(principal.id), accessToken, refreshToken };
  }

  @UseGuards(JwtAuthGuard)
  @Post('sign-out')
  @HttpCode(204)
  signOut(@CurrentUser() user: Principal): Promise<void> {
    return this.authentication.signOut(user);
  }

  @UseGuards(JwtAuthGuard)
  @Post('password')
  @HttpCode(204)
  async changePassword(
    @CurrentUser() { id }: Principal,
    @Body() { from, to }: { from: string; to: string },
  ): Promise<void> {
    if (!(await this.users.hasPassword(await this.users.byId(Number(id)), from)))
      throw new UnauthorizedException();
    await this.users.setPassword(Number(id), to);
    await this.authentication.credentialsChanged(id);
  }
}

@UseGuards(JwtAuthGuard)
@Controller()
class PagesController {
  @Get('me')
  me(@CurrentUser() { id, roles }: Principal) {
    return { id: Number(id), role: roles[0] };
  }

  @Roles('admin')
  @Get('reports')
  reports() {
    return [];
  }
}

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
    }),
  ],
  controllers: [AccountController, PagesController],
})
export class AfterModule {}
