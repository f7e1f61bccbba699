import { Controller, Get, Post, UseGuards } from '@nestjs/common';
import { AuthGuard } from '@nestjs/passport';
import {
  AnyAuthGuard,
  type AuthOptions,
  type AuthStructuralOptions,
  CurrentUser,
  JwtAuthGuard,
  type Principal,
  Public,
  SessionAuthGuard,
} from 'nestjs-aerie';
import { Clock } from '../../libs/auth/src/time/clock.js';
import { type Adapter, startTestApp, type TestApp } from '../support/test-app.js';
import { TestClock } from '../support/test-clock.js';

export const ACCESS_COOKIE = '__Host-access';

/** Routes behind each of our guards; each says who came. */
@Controller()
class GuardedController {
  @UseGuards(AnyAuthGuard)
  @Get('any')
  any(@CurrentUser('id') id: string) {
    return { id };
  }

  @UseGuards(AnyAuthGuard)
  @Post('any')
  change(@CurrentUser('id') id: string) {
    return { id };
  }

  @UseGuards(JwtAuthGuard)
  @Get('token')
  token(@CurrentUser('id') id: string) {
    return { id };
  }

  @UseGuards(SessionAuthGuard)
  @Get('session')
  session(@CurrentUser('id') id: string) {
    return { id };
  }

  @UseGuards(AuthGuard('aerie-jwt'))
  @Get('chain')
  chain(@CurrentUser('id') id: string) {
    return { id };
  }

  @UseGuards(AnyAuthGuard)
  @Public({ optional: true })
  @Get('optional')
  optional(@CurrentUser() user: Principal | undefined) {
    return { id: user?.id ?? null };
  }
}

export interface CookieApp extends TestApp {
  readonly clock: TestClock;
}

/** An application whose browsers keep access tokens in a cookie, with the users `ada` and `eve`, under a clock to move. */
export async function startCookieApp(
  adapter: Adapter,
  options: Partial<AuthOptions & AuthStructuralOptions> = {},
): Promise<CookieApp> {
  const clock = new TestClock();
  const app = await startTestApp({
    adapter,
    controllers: [GuardedController],
    override: (builder) => builder.overrideProvider(Clock).useValue(clock),
    options: { accessTokens: { cookie: true }, ...options },
  });
  await app.users.add('ada');
  await app.users.add('eve');
  return Object.assign(app, { clock });
}
