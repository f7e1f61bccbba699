import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Controller, Get, HttpCode, Injectable, Post, Req, Res, UseGuards } from '@nestjs/common';
import { AuthGuard, PassportStrategy } from '@nestjs/passport';
import {
  AuthenticationService,
  CurrentUser,
  LocalAuthGuard,
  type Principal,
  requesterOf,
  SignInResponse,
} from 'nestjs-aerie';
import { Strategy } from 'passport-strategy';
import { ADAPTERS, startTestApp, type TestApp } from '../support/test-app.js';
import { cookieOf, tokenOf } from './credentials.js';

interface UserRequest {
  readonly headers: Record<string, string>;
  readonly user: { readonly id: string };
}

/** A host's own strategy: an API key in a header. */
@Injectable()
class KeyStrategy extends PassportStrategy(Strategy as unknown as new () => Strategy, 'key') {
  override authenticate(request: unknown): void {
    const actions = this as unknown as { success(user: object): void; fail(challenge: string): void };
    if ((request as UserRequest).headers['x-key'] === 'the key') actions.success({ id: 'machine' });
    else actions.fail('no key');
  }

  validate(): void {}
}

@Controller('host')
class HostController {
  constructor(
    private readonly authentication: AuthenticationService,
    private readonly answer: SignInResponse,
  ) {}

  @UseGuards(AuthGuard('aerie-jwt'))
  @Get('stock')
  stock(@Req() { user }: UserRequest, @CurrentUser('id') id: string) {
    return { user: user.id, id };
  }

  @UseGuards(AuthGuard('aerie-session'))
  @Get('session')
  session(@Req() { user }: UserRequest, @CurrentUser('id') id: string) {
    return { user: user.id, id };
  }

  @UseGuards(AuthGuard('aerie-session'))
  @Post('session')
  write() {
    return {};
  }

  @UseGuards(AuthGuard(['aerie-jwt', 'key']))
  @Get('chain')
  chain(@Req() { user }: UserRequest) {
    return { user: user.id };
  }

  @UseGuards(AuthGuard(['key', 'aerie-session', 'aerie-jwt']))
  @Get('reversed')
  reversed(@Req() { user }: UserRequest) {
    return { user: user.id };
  }

  @UseGuards(AuthGuard('aerie-local'))
  @Post('stock-local')
  stockLocal(@Req() { user }: UserRequest) {
    return { user: user.id };
  }

  @UseGuards(LocalAuthGuard)
  @HttpCode(200)
  @Post('enter')
  async enter(
    @CurrentUser() user: Principal,
    @Req() request: never,
    @Res({ passthrough: true }) response: unknown,
  ) {
    const requester = requesterOf(request);
    const result = await this.authentication.signIn(user, {
      mode: 'session',
      label: 'front door',
      requester,
    });
    return this.answer.of(result, response);
  }
}

describe.each(ADAPTERS)('Passport, on %s', (adapter) => {
  let app: TestApp;
  let authorization: string;
  let cookie: string;
  beforeAll(async () => {
    app = await startTestApp({ adapter, controllers: [HostController], providers: [KeyStrategy] });
    await app.users.add('ada');
    authorization = `Bearer ${await tokenOf(app, 'user-1')}`;
    cookie = await cookieOf(app, 'user-1');
  });
  afterAll(() => app.close());

  const get = (path: string, headers: Record<string, string> = {}) => app.client().get(path, { headers });

  it('the stock guard takes an access token by the name aerie-jwt', async () => {
    expect((await get('/host/stock', { authorization })).body).toEqual({ user: 'user-1', id: 'user-1' });
    expect((await get('/host/stock')).status).toBe(401);
    expect((await get('/host/stock', { cookie })).status).toBe(401);
    expect((await get('/host/stock', { authorization: `${authorization}A` })).status).toBe(401);
  });

  it('the stock guard takes a session by the name aerie-session', async () => {
    expect((await get('/host/session', { cookie })).body).toEqual({ user: 'user-1', id: 'user-1' });
    expect((await get('/host/session')).status).toBe(401);
    expect((await get('/host/session', { authorization })).status).toBe(401);
    expect((await get('/host/session', { authorization, cookie })).status).toBe(401);
  });

  it('the stock guard refuses an unsafe request of another site with 403', async () => {
    const evil = { cookie, origin: 'https://evil.example' };
    expect((await app.client().post('/host/session', { headers: evil })).status).toBe(403);
    expect((await app.client().post('/host/session', { headers: { cookie } })).status).toBe(201);
  });

  it('the stock guard takes a password by the name aerie-local, from a strict JSON body alone', async () => {
    const login = { identifier: 'ada', password: 'correct horse battery' };
    const post = async (path: string, json: unknown) => {
      const { status, body } = await app.client().post(path, { json });
      return [status, body.user ?? null];
    };
    expect(await post('/host/stock-local', login)).toEqual([201, 'user-1']);
    expect(await post('/host/stock-local', { ...login, password: 'wrong' })).toEqual([401, null]);
    expect(await post('/host/stock-local', { ...login, extra: 1 })).toEqual([400, null]);
    const query = new URLSearchParams(login).toString();
    expect(await post(`/host/stock-local?${query}`, {})).toEqual([400, null]);
  });

  it('a chain tries our strategy, then the own one of the application', async () => {
    const key = { 'x-key': 'the key' };
    expect((await get('/host/chain', { authorization })).body).toEqual({ user: 'user-1' });
    expect((await get('/host/chain', key)).body).toEqual({ user: 'machine' });
    expect((await get('/host/chain', { ...key, authorization: 'Bearer no.good.token' })).body).toEqual({
      user: 'machine',
    });
    expect((await get('/host/chain')).status).toBe(401);
    expect((await get('/host/chain', { 'x-key': 'another' })).status).toBe(401);
  });

  it('a chain may hold ours in any place', async () => {
    expect((await get('/host/reversed', { authorization })).body).toEqual({ user: 'user-1' });
    expect((await get('/host/reversed', { cookie })).body).toEqual({ user: 'user-1' });
    expect((await get('/host/reversed', { 'x-key': 'the key' })).body).toEqual({ user: 'machine' });
    expect((await get('/host/reversed')).status).toBe(401);
  });

  it('a sign-in that has ended passes no stock guard', async () => {
    const held = { authorization: `Bearer ${await tokenOf(app, 'user-1')}` };
    const session = { cookie: await cookieOf(app, 'user-1') };
    expect((await get('/host/stock', held)).status).toBe(200);
    await app.authentication.endAllSignIns('user-1');
    authorization = `Bearer ${await tokenOf(app, 'user-1')}`;
    cookie = await cookieOf(app, 'user-1');
    expect((await get('/host/stock', held)).status).toBe(401);
    expect((await get('/host/session', session)).status).toBe(401);
  });

  it('an outage ends a chain with 503: the next strategy does not decide in place of a store', async () => {
    app.users.failure = new Error('away');
    const answer = await get('/host/reversed', { cookie });
    app.users.failure = undefined;
    expect(answer.status).toBe(503);
  });

  describe('LocalAuthGuard on a route of the application', () => {
    const login = { identifier: 'ada', password: 'correct horse battery' };
    const enter = (json: unknown, headers: Record<string, string> = {}) =>
      app.client().post('/host/enter', { json, headers });

    it('checks the password, for signIn to open what the application likes', async () => {
      const client = app.client();
      const answer = await client.post('/host/enter', { json: login });
      expect(answer).toMatchObject({ status: 200, body: { user: { id: 'user-1' } } });
      expect(answer.setCookies[0]).toMatch(/^__Host-session=/);
      const me = await client.get('/auth/me');
      expect(me.status).toBe(200);
      const records = await app.authentication.listSignIns('user-1');
      expect(records).toContainEqual(
        expect.objectContaining({ label: 'front door', id: answer.body.sign_in.id, ip: '127.0.0.1' }),
      );
    });

    it.each([
      ['a wrong password', { ...login, password: 'wrong' }],
      ['an unknown identifier', { ...login, identifier: 'eve' }],
    ])('refuses %s alike', async (_what, json) => {
      const answer = await enter(json);
      expect(answer.status).toBe(401);
      expect(answer.body).toEqual({
        statusCode: 401,
        code: 'AUTH_CREDENTIALS_INVALID',
        message: 'Wrong identifier or password.',
      });
      expect(answer.setCookies).toEqual([]);
    });

    it.each([
      ['a number', { ...login, identifier: 5 }],
      ['an object', { ...login, password: { $ne: '' } }],
      ['a field too many', { ...login, admin: true }],
      ['nothing', {}],
      ['a list', [login]],
    ])('refuses %s with 400, before the directory is asked', async (_what, json) => {
      app.users.calls.length = 0;
      expect(await enter(json)).toMatchObject({ status: 400, body: { code: 'AUTH_REQUEST_INVALID' } });
      expect(app.users.calls).toEqual([]);
    });

    it('takes no credentials from the query, and those of a form from its body', async () => {
      const query = new URLSearchParams(login).toString();
      const byQuery = await app.client().post(`/host/enter?${query}`, { json: {} });
      expect(byQuery.status).toBe(400);
      expect((await app.client().post(`/host/enter?${query}`)).status).toBe(400);
      const headers = { 'content-type': 'application/x-www-form-urlencoded' };
      expect((await app.client().post('/host/enter', { raw: query, headers })).status).toBe(200);
      expect((await app.client().post(`/host/enter?${query}`, { raw: '', headers })).status).toBe(400);
    });

    it('refuses a sign-in that another site forges', async () => {
      const answer = await enter(login, { origin: 'https://evil.example' });
      expect(answer).toMatchObject({ status: 403, body: { code: 'AUTH_CSRF_REJECTED' } });
    });

    it('does not sign in somebody whose password changed after it was checked', async () => {
      const load = app.users.loadSubject;
      app.users.loadSubject = async (subject) => {
        app.users.loadSubject = load;
        await app.authentication.credentialsChanged('user-1');
        return load.call(app.users, subject);
      };
      const answer = await enter(login);
      expect(answer).toMatchObject({ status: 401, body: { code: 'AUTH_CREDENTIALS_INVALID' } });
      expect(answer.setCookies).toEqual([]);
    });
  });
});
