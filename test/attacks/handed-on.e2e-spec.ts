import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Controller, Get, Next, Req, Res, UseGuards } from '@nestjs/common';
import {
  CurrentUser,
  JwtAuthGuard,
  type Principal,
  Public,
  RolesGuard,
  Roles,
  type TokensResult,
} from 'nestjs-aerie';
import { startTestApp, type TestApp } from '../support/test-app.js';

/** What the second application does with a request. */
type Handler = (request: unknown, response: unknown, next: unknown) => void;
let second: Handler;

@Controller()
class FirstController {
  @UseGuards(JwtAuthGuard)
  @Get(['guarded', 'open', 'roles'])
  handOn(@Req() request: unknown, @Res() response: unknown, @Next() next: unknown) {
    second(request, response, next);
  }
}

@Controller()
class SecondController {
  @UseGuards(JwtAuthGuard)
  @Get('guarded')
  guarded(@CurrentUser() user: Principal) {
    return { app: 'second', user };
  }

  @Public()
  @Get('open')
  open(@CurrentUser() user: Principal | undefined) {
    return { app: 'second', user: user ?? null };
  }

  @Roles('admin')
  @UseGuards(RolesGuard)
  @Get('roles')
  roles() {
    return { app: 'second' };
  }
}

describe('a request that one application hands on to another in the process', () => {
  let first: TestApp;
  let other: TestApp;
  let bearer: string;
  beforeAll(async () => {
    first = await startTestApp({ controllers: [FirstController] });
    other = await startTestApp({
      controllers: [SecondController],
      options: { secret: 'another secret of at least thirty-two bytes' },
    });
    second = other.app.getHttpAdapter().getInstance() as Handler;
    await first.users.add('mallory', undefined, { roles: ['admin'] });
    bearer = ((await first.authentication.signIn('user-1', { mode: 'tokens' })) as TokensResult).accessToken;
  });
  afterAll(async () => {
    await first.close();
    await other.close();
  });

  it('brings no user with it that the other one did not find itself', async () => {
    const client = first.client();
    expect((await client.get('/guarded', { bearer })).body.code).toBe('AUTH_ACCESS_TOKEN_INVALID');
    expect((await client.get('/open', { bearer })).body).toEqual({ app: 'second', user: null });
    expect((await client.get('/roles', { bearer })).body.code).toBe('AUTH_CREDENTIALS_MISSING');
  });
});
