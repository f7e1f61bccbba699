import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Controller, Get, Post, UseGuards } from '@nestjs/common';
import { CurrentUser, JwtAuthGuard, LocalAuthGuard, Public, Roles } from 'nestjs-aerie';
import { ADAPTERS, startTestApp, type TestApp } from '../support/test-app.js';
import { cookieOf, statementsDuring, tokenOf } from './credentials.js';

@Controller()
class PlainController {
  @Get('plain')
  plain(@CurrentUser('id') id: string) {
    return { id };
  }

  @Public()
  @Get('open')
  open() {
    return {};
  }

  @Roles('admin')
  @Get('administered')
  administered() {
    return {};
  }

  @UseGuards(JwtAuthGuard)
  @Get('tokens-only')
  tokensOnly(@CurrentUser('id') id: string) {
    return { id };
  }

  @UseGuards(LocalAuthGuard)
  @Post('confirm')
  confirm(@CurrentUser('id') id: string) {
    return { id };
  }
}

describe.each(ADAPTERS)('globalGuard: true, on %s', (adapter) => {
  let app: TestApp;
  let bearer: string;
  let cookie: string;
  beforeAll(async () => {
    app = await startTestApp({
      adapter,
      controllers: [PlainController],
      options: { globalGuard: true, revocation: { mode: 'lookup' } },
    });
    await app.users.add('ada');
    bearer = await tokenOf(app, 'user-1');
    cookie = await cookieOf(app, 'user-1');
  });
  afterAll(() => app.close());

  const password = { identifier: 'ada', password: 'correct horse battery' };

  it('closes a handler without any decorator, and opens it to tokens and to sessions', async () => {
    const anonymous = await app.client().get('/plain');
    expect(anonymous).toMatchObject({ status: 401, body: { code: 'AUTH_CREDENTIALS_MISSING' } });
    expect(anonymous.headers.get('www-authenticate')).toBe('Bearer');
    expect((await app.client().get('/plain', { bearer })).body).toEqual({ id: 'user-1' });
    expect((await app.client().get('/plain', { headers: { cookie } })).body).toEqual({ id: 'user-1' });
  });

  it('leaves @Public handlers open and follows @Roles', async () => {
    expect((await app.client().get('/open')).status).toBe(200);
    const answer = await app.client().get('/administered', { bearer });
    expect(answer).toMatchObject({ status: 403, body: { code: 'AUTH_FORBIDDEN' } });
  });

  it('leaves login, refresh, logout and the JWKS open', async () => {
    const client = app.client();
    const login = await client.post('/auth/login', { json: { ...password, mode: 'tokens' } });
    expect(login.status).toBe(200);
    const { refresh_token } = login.body;
    expect((await client.post('/auth/refresh', { json: { refresh_token } })).status).toBe(200);
    expect((await client.post('/auth/logout')).status).toBe(204);
    expect((await client.get('/.well-known/jwks.json')).body).toEqual({
      keys: [expect.objectContaining({ kty: 'EC', alg: 'ES256', use: 'sig' })],
    });
  });

  it('keeps the other built-in routes closed', async () => {
    expect((await app.client().get('/auth/me')).status).toBe(401);
    expect((await app.client().get('/auth/sign-ins')).status).toBe(401);
    expect((await app.client().post('/auth/logout-all')).status).toBe(401);
  });

  it('adds to a guard of the handler, and asks once for both', async () => {
    const statements = await statementsDuring(app, async () => {
      expect((await app.client().get('/tokens-only', { bearer })).body).toEqual({ id: 'user-1' });
    });
    expect(statements).toHaveLength(1);
    expect((await app.client().get('/tokens-only', { headers: { cookie } })).status).toBe(401);
  });

  it('does not take a password in place of a sign-in', async () => {
    expect((await app.client().post('/confirm', { json: password })).status).toBe(401);
    const confirmed = await app.client().post('/confirm', { json: password, bearer });
    expect(confirmed).toMatchObject({ status: 201, body: { id: 'user-1' } });
  });

  it('answers an unknown path with 404, not with 401', async () => {
    expect((await app.client().get('/nowhere')).status).toBe(404);
  });
});
