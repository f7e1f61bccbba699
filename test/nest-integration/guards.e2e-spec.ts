import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Controller, Get, Post, Req, UseGuards } from '@nestjs/common';
import { AnyAuthGuard, CurrentUser, JwtAuthGuard, type Principal, SessionAuthGuard } from 'nestjs-aerie';
import { ADAPTERS, startTestApp, type TestApp } from '../support/test-app.js';
import { cookieOf, statementsDuring, tokenOf } from './credentials.js';

@Controller()
class GuardedController {
  @UseGuards(JwtAuthGuard)
  @Get('jwt')
  jwt(@CurrentUser('id') id: string) {
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

  @UseGuards(AnyAuthGuard)
  @Post('any')
  write() {
    return {};
  }

  @UseGuards(AnyAuthGuard)
  @Get('whole')
  whole(@CurrentUser() user: Principal, @Req() request: { user: Principal }) {
    return { ...user, same: request.user === user };
  }

  @UseGuards(AnyAuthGuard, JwtAuthGuard, AnyAuthGuard)
  @Get('three/jwt')
  threeForTokens(@CurrentUser('id') id: string) {
    return { id };
  }

  @UseGuards(AnyAuthGuard, SessionAuthGuard, AnyAuthGuard)
  @Get('three/session')
  threeForSessions(@CurrentUser('id') id: string) {
    return { id };
  }

  @Get('open')
  open(@CurrentUser() user: unknown, @CurrentUser('id') id: unknown) {
    return { user: String(user), id: String(id) };
  }
}

const MISSING = 'AUTH_CREDENTIALS_MISSING';
const TOKEN = 'AUTH_ACCESS_TOKEN_INVALID';
const SESSION = 'AUTH_SESSION_INVALID';

describe.each(ADAPTERS)('guards, on %s', (adapter) => {
  let app: TestApp;
  const headers: Record<string, Record<string, string>> = {};

  beforeAll(async () => {
    app = await startTestApp({
      adapter,
      controllers: [GuardedController],
      options: { revocation: { mode: 'lookup' } },
    });
    await app.users.add('ada', undefined, { roles: ['editor'] });
    const authorization = `Bearer ${await tokenOf(app, 'user-1')}`;
    const forged = `${authorization.slice(0, -8)}AAAAAAAA`;
    const cookie = await cookieOf(app, 'user-1');
    Object.assign(headers, {
      nothing: {},
      'a token': { authorization },
      'a forged token': { authorization: forged },
      'a session': { cookie },
      'an unknown session': { cookie: `${cookie.slice(0, -8)}AAAAAAAA` },
      'a forged token and a session': { authorization: forged, cookie },
      'another scheme and a session': { authorization: 'Basic YTpi', cookie },
      'a token and a session': { authorization, cookie },
    });
  });
  afterAll(() => app.close());

  it.each([
    ['jwt', 'nothing', MISSING],
    ['jwt', 'a token', 200],
    ['jwt', 'a forged token', TOKEN],
    ['jwt', 'a session', MISSING],
    ['jwt', 'an unknown session', MISSING],
    ['jwt', 'a forged token and a session', TOKEN],
    ['jwt', 'another scheme and a session', MISSING],
    ['jwt', 'a token and a session', 200],
    ['session', 'nothing', MISSING],
    ['session', 'a token', MISSING],
    ['session', 'a forged token', MISSING],
    ['session', 'a session', 200],
    ['session', 'an unknown session', SESSION],
    ['session', 'a forged token and a session', MISSING],
    ['session', 'another scheme and a session', MISSING],
    ['session', 'a token and a session', MISSING],
    ['any', 'nothing', MISSING],
    ['any', 'a token', 200],
    ['any', 'a forged token', TOKEN],
    ['any', 'a session', 200],
    ['any', 'an unknown session', SESSION],
    ['any', 'a forged token and a session', TOKEN],
    ['any', 'another scheme and a session', MISSING],
    ['any', 'a token and a session', 200],
  ])('the %s guard answers %s with %s', async (guard, held, expected) => {
    const answer = await app.client().get(`/${guard}`, { headers: headers[held]! });
    if (expected === 200) {
      expect(answer).toMatchObject({ status: 200, body: { id: 'user-1' } });
      return;
    }
    expect(answer.body).toEqual({ statusCode: 401, code: expected, message: expect.any(String) });
    expect(answer.status).toBe(401);
    expect(answer.headers.get('www-authenticate')).toBe(
      expected === TOKEN ? 'Bearer error="invalid_token"' : 'Bearer',
    );
    expect(answer.headers.get('cache-control')).toBe('no-store');
  });

  it.each([
    ['jwt', 'nothing', 'an access token (Authorization: Bearer) is needed, no credential was sent'],
    ['jwt', 'a session', 'an access token (Authorization: Bearer) is needed, a session cookie was sent'],
    ['jwt', 'another scheme and a session', 'is needed, an Authorization header of another scheme was sent'],
    ['session', 'nothing', 'a session cookie is needed, no credential was sent'],
    ['session', 'a token', 'a session cookie is needed, an access token was sent'],
    ['session', 'a token and a session', 'which decides alone beside a session cookie'],
    ['any', 'nothing', '(Authorization: Bearer) or a session cookie is needed, no credential was sent'],
  ])('the %s guard says to %s what it needs and what came', async (guard, held, words) => {
    const { body } = await app.client().get(`/${guard}`, { headers: headers[held]! });
    expect(body).toMatchObject({ code: MISSING, message: expect.stringContaining(words) });
    for (const value of Object.values(headers[held]!)) expect(body.message).not.toContain(value);
  });

  it('gives the handler the whole principal, and leaves it at request.user', async () => {
    const { body } = await app.client().get('/whole', { headers: headers['a session']! });
    expect(body).toEqual({
      id: 'user-1',
      roles: ['editor'],
      scopes: [],
      signInId: expect.any(String),
      kind: 'session',
      authenticatedAt: expect.any(String),
      methods: [],
      same: true,
    });
  });

  it('gives undefined for the user of a handler that no guard covers, even with a good token', async () => {
    const { body } = await app.client().get('/open', { headers: headers['a token']! });
    expect(body).toEqual({ user: 'undefined', id: 'undefined' });
  });

  it('asks the table once for three guards of one request', async () => {
    const single = await statementsDuring(app, () =>
      app.client().get('/jwt', { headers: headers['a token']! }),
    );
    expect(single).toHaveLength(1);
    const triple = await statementsDuring(app, async () => {
      const answer = await app.client().get('/three/jwt', { headers: headers['a token']! });
      expect(answer.status).toBe(200);
    });
    expect(triple).toHaveLength(1);
  });

  it('asks the directory once for three guards of one request', async () => {
    app.users.calls.length = 0;
    const answer = await app.client().get('/three/session', { headers: headers['a session']! });
    expect(answer.status).toBe(200);
    expect(app.users.calls).toEqual(['loadSubject']);
  });

  it('does not let a session found by one guard pass another that wants a token, nor the reverse', async () => {
    const bySession = await app.client().get('/three/jwt', { headers: headers['a session']! });
    expect(bySession).toMatchObject({ status: 401, body: { code: MISSING } });
    const byToken = await app.client().get('/three/session', { headers: headers['a token']! });
    expect(byToken).toMatchObject({ status: 401, body: { code: MISSING } });
  });

  it('refuses an unsafe request that another site makes with the session cookie, and none with a token', async () => {
    const origin = 'https://evil.example';
    const byCookie = await app.client().post('/any', { headers: { ...headers['a session'], origin } });
    expect(byCookie).toMatchObject({ status: 403, body: { code: 'AUTH_CSRF_REJECTED' } });
    const byToken = await app.client().post('/any', { headers: { ...headers['a token'], origin } });
    expect(byToken.status).toBe(201);
  });

  it('denies with 503 while the directory throws, and admits again afterwards', async () => {
    const ask = () => app.client().get('/session', { headers: headers['a session']! });
    app.users.failure = new Error('the directory is away');
    const answer = await ask();
    app.users.failure = undefined;
    expect(answer).toMatchObject({ status: 503, body: { code: 'AUTH_STORE_UNAVAILABLE' } });
    expect(answer.headers.get('retry-after')).toBe('1');
    expect(JSON.stringify(answer.body)).not.toContain('the directory is away');
    expect((await ask()).status).toBe(200);
  });

  it('refuses the token and the session of a sign-in that has ended', async () => {
    const token = await tokenOf(app, 'user-1');
    const cookie = await cookieOf(app, 'user-1');
    expect((await app.client().get('/any', { bearer: token })).status).toBe(200);
    expect((await app.client().get('/any', { headers: { cookie } })).status).toBe(200);
    await app.authentication.endAllSignIns('user-1');
    const byToken = await app.client().get('/any', { bearer: token });
    expect(byToken).toMatchObject({ status: 401, body: { code: 'AUTH_ACCESS_TOKEN_REVOKED' } });
    const bySession = await app.client().get('/any', { headers: { cookie } });
    expect(bySession).toMatchObject({ status: 401, body: { code: SESSION } });
  });
});
