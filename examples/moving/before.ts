// The application as it was: everything written by hand.
import { createHash, randomUUID } from 'node:crypto';
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
import { TypeOrmModule } from '@nestjs/typeorm';
import jwt from 'jsonwebtoken';
import { User, Users } from './users.js';

export const ACCESS_SECRET = 'what the access tokens were signed with';
export const REFRESH_SECRET = 'what the refresh tokens were signed with';

export const hashOf = (token: string): string => createHash('sha256').update(token).digest('hex');

/** Who makes a request. */
export interface Caller {
  readonly id: number;
  readonly role: string;
}
export interface CallerRequest {
  readonly headers: Readonly<Record<string, string | undefined>>;
  caller: Caller;
}

/** Access tokens of fifteen minutes, refresh tokens of a week; the hash of one of these is kept beside the user. */
@Injectable()
export class Tokens {
  constructor(private readonly users: Users) {}

  async issue({ id, role }: Pick<User, 'id' | 'role'>) {
    const accessToken = jwt.sign({ sub: String(id), role }, ACCESS_SECRET, { expiresIn: '15m' });
    const refreshToken = jwt.sign({ sub: String(id), jti: randomUUID() }, REFRESH_SECRET, {
      expiresIn: '7d',
    });
    await this.users.setRefreshHash(id, hashOf(refreshToken));
    return { userId: id, accessToken, refreshToken };
  }

  async refresh(refreshToken: string) {
    const { sub } = verified(refreshToken, REFRESH_SECRET);
    const user = await this.users.byId(Number(sub));
    if (user?.refreshHash !== hashOf(refreshToken)) throw new UnauthorizedException();
    return this.issue(user);
  }

  callerOf(accessToken: string): Caller {
    const { sub, role } = verified(accessToken, ACCESS_SECRET);
    return { id: Number(sub), role: String(role) };
  }
}

function verified(token: string, secret: string): jwt.JwtPayload {
  try {
    return jwt.verify(token, secret, { algorithms: ['HS256'] }) as jwt.JwtPayload;
  } catch {
    throw new UnauthorizedException();
  }
}

export const bearerOf = ({ headers }: CallerRequest): string =>
  /^Bearer (.+)$/.exec(headers['authorization'] ?? '')?.[1] ?? '';

@Injectable()
export class TokenGuard implements CanActivate {
  constructor(private readonly tokens: Tokens) {}

  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<CallerRequest>();
    request.caller = this.tokens.callerOf(bearerOf(request));
    return true;
  }
}

@Controller()
class AccountController {
  constructor(
    private readonly users: Users,
    private readonly tokens: Tokens,
  ) {}

  @Post('sign-in')
  @HttpCode(200)
  async signIn(@Body() { email, password }: { email: string; password: string }) {
    const user = await this.users.byEmail(email);
    if (!(await this.users.hasPassword(user, password))) throw new UnauthorizedException();
    return this.tokens.issue(user!);
  }

  @Post('refresh')
  @HttpCode(200)
  refresh(@Body() { refreshToken }: { refreshToken: string }) {
    return this.tokens.refresh(refreshToken);
  }

  @UseGuards(TokenGuard)
  @Post('sign-out')
  @HttpCode(204)
  signOut(@Req() { caller }: CallerRequest) {
    return this.users.setRefreshHash(caller.id, null);
  }

  @UseGuards(TokenGuard)
  @Post('password')
  @HttpCode(204)
  async changePassword(
    @Req() { caller }: CallerRequest,
    @Body() { from, to }: { from: string; to: string },
  ): Promise<void> {
    if (!(await this.users.hasPassword(await this.users.byId(caller.id), from)))
      throw new UnauthorizedException();
    await this.users.setPassword(caller.id, to);
    await this.users.setRefreshHash(caller.id, null);
  }
}

@UseGuards(TokenGuard)
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

@Module({
  imports: [TypeOrmModule.forFeature([User])],
  providers: [Users, Tokens, TokenGuard],
  controllers: [AccountController, PagesController],
})
export class BeforeModule {}
