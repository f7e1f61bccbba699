import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Controller, Get, Injectable, Module, Post, Req, UseGuards } from '@nestjs/common';
import { AuthGuard, AuthModuleOptions, PassportModule, PassportStrategy } from '@nestjs/passport';
import { AnyAuthGuard, CurrentUser, JwtAuthGuard, LocalAuthGuard, SessionAuthGuard } from 'nestjs-aerie';
import { Strategy } from 'passport-strategy';
import { ADAPTERS, startTestApp, type TestApp } from '../support/test-app.js';
import { tokenOf } from './credentials.js';

/** Lets everybody in, and calls them INTRUDER. */
@Injectable()
class AnyoneStrategy extends PassportStrategy(Strategy as unknown as new () => Strategy, 'anyone') {
  override authenticate(): void {
    (this as unknown as { success(user: object): void }).success({ id: 'INTRUDER', roles: ['admin'] });
  }

  validate(): void {}
}

/** The stock guard without a name: the host's default strategy. */
@Injectable()
class DefaultAuthGuard extends AuthGuard() {
  constructor(options: AuthModuleOptions) {
    super(options);
  }
}

@Controller('host')
class HostController {
  @UseGuards(LocalAuthGuard)
  @Post('local')
  local(@CurrentUser('id') id: string) {
    return { id };
  }

  @UseGuards(JwtAuthGuard)
  @Get('jwt')
  jwt(@CurrentUser('id') id: string, @Req() request: Record<string, { id: string } | undefined>) {
    return { id, account: request['account']?.id, user: request['user']?.id };
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

  @UseGuards(AuthGuard('aerie-jwt'))
  @Get('stock')
  stock(@CurrentUser('id') id: string, @Req() request: Record<string, { id: string } | undefined>) {
    return { id, account: request['account']?.id };
  }
}

@Controller('default')
class DefaultController {
  @UseGuards(DefaultAuthGuard)
  @Get()
  default(@Req() request: Record<string, { id: string } | undefined>) {
    return { user: request['user']?.id };
  }
}

const password = { identifier: 'ada', password: 'correct horse battery' };

describe.each(ADAPTERS)("a host's default Passport strategy, on %s", (adapter) => {
  let app: TestApp;
  beforeAll(async () => {
    @Module({
      imports: [PassportModule.register({ defaultStrategy: 'anyone' })],
      controllers: [HostController, DefaultController],
      providers: [AnyoneStrategy],
    })
    class HostModule {}
    app = await startTestApp({ adapter, imports: [HostModule] });
    await app.users.add('ada');
  });
  afterAll(() => app.close());

  it('is in force for the guards of the host', async () => {
    expect((await app.client().get('/default')).body).toEqual({ user: 'INTRUDER' });
  });

  it('does not sign in with a wrong password', async () => {
    const wrong = { ...password, password: 'wrong' };
    for (const path of ['/host/local', '/auth/login']) {
      const answer = await app.client().post(path, { json: wrong });
      expect(answer).toMatchObject({ status: 401, body: { code: 'AUTH_CREDENTIALS_INVALID' } });
    }
    expect((await app.client().post('/host/local', { json: password })).body).toEqual({ id: 'user-1' });
  });

  it.each(['jwt', 'session', 'any', 'stock'])('does not open the %s guard', async (guard) => {
    expect((await app.client().get(`/host/${guard}`)).status).toBe(401);
  });
});

describe.each(ADAPTERS)("a host's own request property, on %s", (adapter) => {
  let app: TestApp;
  beforeAll(async () => {
    @Module({
      imports: [PassportModule.register({ property: 'account' })],
      controllers: [HostController],
      providers: [AnyoneStrategy],
    })
    class HostModule {}
    app = await startTestApp({
      adapter,
      imports: [HostModule],
      // What sits at request.user was set by other code, and proves nothing.
      configure: (nest) => {
        const intrude = (request: { user?: object; raw?: object }, _: unknown, next: () => void) => {
          for (const one of [request, request.raw ?? {}])
            Object.assign(one, { user: { id: 'INTRUDER', roles: ['admin'] } });
          next();
        };
        // Nest 11.0 takes no middleware before `init` on Fastify.
        if (adapter === 'express') nest.use(intrude);
        else nest.getHttpAdapter().getInstance().addHook('onRequest', intrude);
      },
    });
    await app.users.add('ada');
  });
  afterAll(() => app.close());

  it('holds the principal, and @CurrentUser() is right', async () => {
    const bearer = await tokenOf(app, 'user-1');
    const { body } = await app.client().get('/host/jwt', { bearer });
    expect(body).toMatchObject({ id: 'user-1', account: 'user-1' });
    expect(body.user).not.toBe('user-1');
    expect((await app.client().get('/host/stock', { bearer })).body).toEqual({
      id: 'user-1',
      account: 'user-1',
    });
  });

  it('is used by LocalAuthGuard without harm', async () => {
    expect((await app.client().post('/host/local', { json: password })).body).toEqual({ id: 'user-1' });
    const wrong = await app.client().post('/host/local', { json: { ...password, password: 'wrong' } });
    expect(wrong.status).toBe(401);
    const login = await app.client().post('/auth/login', { json: password });
    expect(login.body.user).toEqual({ id: 'user-1', roles: [], scopes: [] });
  });

  it('does not make a guard believe what was put at request.user', async () => {
    expect((await app.client().get('/host/jwt')).status).toBe(401);
    expect((await app.client().get('/auth/me')).status).toBe(401);
  });
});
