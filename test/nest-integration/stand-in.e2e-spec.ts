import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Controller, Get, UseGuards } from '@nestjs/common';
import { AuthGuard } from '@nestjs/passport';
import { AnyAuthGuard, Authenticator, CurrentUser, JwtAuthGuard, SessionAuthGuard } from 'nestjs-aerie';
import { authenticatorOf } from 'nestjs-aerie/testing';
import { BELOW_THE_EDGE, startTestApp, type TestApp } from '../support/test-app.js';

@Controller()
class GuardedController {
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
  @UseGuards(AnyAuthGuard)
  @Get('any')
  any(@CurrentUser('id') id: string) {
    return { id };
  }
  @UseGuards(AuthGuard(['aerie-session', 'aerie-jwt']))
  @Get('chain')
  chain(@CurrentUser('id') id: string) {
    return { id };
  }
}

describe.each(BELOW_THE_EDGE)('a stand-in for authentication, on %s', (adapter) => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startTestApp({
      adapter,
      controllers: [GuardedController],
      override: (builder) => builder.overrideProvider(Authenticator).useValue(authenticatorOf({ id: 'ada' })),
    });
  });
  afterAll(() => app.close());

  const bearer = { authorization: 'Bearer anything' };
  const cookie = { cookie: '__Host-session=anything' };

  it.each([
    ['token', bearer],
    ['session', cookie],
    ['any', bearer],
    ['any', cookie],
    ['chain', bearer],
    ['chain', cookie],
  ])('is who asks for /%s with %j', async (path, headers) => {
    const { status, body } = await app.client().get(`/${path}`, { headers });
    expect([status, body]).toEqual([200, { id: 'ada' }]);
  });

  it('signs no user in without a credential', async () => {
    for (const path of ['token', 'session', 'any', 'chain']) {
      expect((await app.client().get(`/${path}`)).status).toBe(401);
    }
  });
});
