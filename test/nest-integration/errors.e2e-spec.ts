import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  type ArgumentsHost,
  Catch,
  Controller,
  Delete,
  type ExceptionFilter,
  Get,
  HttpException,
  Param,
  Post,
  UseGuards,
} from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { AnyAuthGuard, AuthenticationService, LocalAuthGuard, Roles, RolesGuard } from 'nestjs-aerie';
import * as errors from '../../libs/auth/src/errors/auth-error.js';
import * as exported from 'nestjs-aerie';
import { headersOf, STATUS_OF } from '../../libs/auth/src/context/error-responses.js';
import { ADAPTERS, startTestApp, type TestApp } from '../support/test-app.js';
import { cookieOf, tokenOf } from './credentials.js';

/** What half of all applications have: everything unknown is 500. */
@Catch()
class CatchAllFilter implements ExceptionFilter {
  constructor(private readonly host: HttpAdapterHost) {}

  catch(error: unknown, context: ArgumentsHost): void {
    const known = error instanceof HttpException;
    const body = known ? error.getResponse() : { statusCode: 500, by: 'the filter of the host' };
    const response = context.switchToHttp().getResponse<unknown>();
    this.host.httpAdapter.reply(response, body, known ? error.getStatus() : 500);
  }
}

@Controller('host')
class HostController {
  constructor(private readonly authentication: AuthenticationService) {}

  @UseGuards(AnyAuthGuard)
  @Get('guarded')
  guarded() {
    return {};
  }

  @UseGuards(AnyAuthGuard)
  @Roles('admin')
  @Get('administered')
  administered() {
    return {};
  }

  @UseGuards(RolesGuard)
  @Roles('admin')
  @Get('forgotten')
  forgotten() {
    return {};
  }

  @UseGuards(LocalAuthGuard)
  @Post('local')
  local() {
    return {};
  }

  @Delete('sign-ins/:id')
  end(@Param('id') id: string) {
    return this.authentication.endSignIn('user-1', id);
  }

  @Post('refresh')
  refresh() {
    return this.authentication.refresh('rt1_no-such-token');
  }

  @Post('enter')
  enter() {
    return this.authentication.signInWithPassword('ada', 'wrong');
  }

  @Post('open')
  open() {
    return this.authentication.signIn('user-1', { mode: 'tokens' });
  }
}

const UNKNOWN = '3f2c1a7e-8f43-4c8a-9d5e-0a1b2c3d4e5f';

describe.each(ADAPTERS)("errors behind a host's catch-all filter, on %s", (adapter) => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startTestApp({
      adapter,
      controllers: [HostController],
      configure: (nest) => nest.useGlobalFilters(new CatchAllFilter(nest.get(HttpAdapterHost))),
    });
    await app.users.add('ada');
  });
  afterAll(() => app.close());

  it.each([
    ['GET', '/host/guarded', 'AUTH_CREDENTIALS_MISSING'],
    ['GET', '/host/forgotten', 'AUTH_CREDENTIALS_MISSING'],
    ['POST', '/host/local', 'AUTH_CREDENTIALS_INVALID'],
    ['POST', '/auth/login', 'AUTH_CREDENTIALS_INVALID'],
    ['GET', '/auth/me', 'AUTH_CREDENTIALS_MISSING'],
    ['POST', '/auth/refresh', 'AUTH_CREDENTIALS_MISSING'],
  ])('a guard refuses %s %s with 401, its code and WWW-Authenticate', async (method, path, code) => {
    const wrong = { json: { identifier: 'ada', password: 'wrong' } };
    const isLogin = code === 'AUTH_CREDENTIALS_INVALID';
    const answer = await app.client().send(method, path, isLogin ? wrong : {});
    expect(answer.body).toEqual({ statusCode: 401, code, message: expect.any(String) });
    expect(answer.status).toBe(401);
    expect(answer.headers.get('www-authenticate')).toBe('Bearer');
    expect(answer.headers.get('cache-control')).toBe('no-store');
  });

  it('a token that is no good is invalid_token', async () => {
    const answer = await app.client().get('/host/guarded', { bearer: 'not.a.token' });
    expect(answer).toMatchObject({ status: 401, body: { code: 'AUTH_ACCESS_TOKEN_INVALID' } });
    expect(answer.headers.get('www-authenticate')).toBe('Bearer error="invalid_token"');
  });

  it('a missing role is 403, a foreign origin is 403, a directory that throws is 503', async () => {
    const bearer = await tokenOf(app, 'user-1');
    const forbidden = await app.client().get('/host/administered', { bearer });
    expect(forbidden).toMatchObject({ status: 403, body: { code: 'AUTH_FORBIDDEN' } });
    const cookie = await cookieOf(app, 'user-1');
    const headers = { cookie, origin: 'https://evil.example' };
    const forged = await app.client().post('/auth/logout-all', { headers });
    expect(forged).toMatchObject({ status: 403, body: { code: 'AUTH_CSRF_REJECTED' } });
    app.users.failure = new Error('away');
    const away = await app.client().get('/host/guarded', { headers: { cookie } });
    app.users.failure = undefined;
    expect(away).toMatchObject({ status: 503, body: { code: 'AUTH_STORE_UNAVAILABLE' } });
    expect(away.headers.get('retry-after')).toBe('1');
  });

  it('the built-in routes answer what the façade throws', async () => {
    const bearer = await tokenOf(app, 'user-1');
    const answer = await app.client().delete(`/auth/sign-ins/${UNKNOWN}`, { bearer });
    expect(answer).toMatchObject({ status: 404, body: { code: 'AUTH_SIGN_IN_NOT_FOUND' } });
  });

  it('the filter of the host stays in charge of what is not ours', async () => {
    expect((await app.client().get('/host/nowhere')).status).toBe(404);
    const answer = await app.client().delete(`/host/sign-ins/${UNKNOWN}`);
    expect(answer.body).toEqual({ statusCode: 500, by: 'the filter of the host' });
  });
});

describe.each(ADAPTERS)("what the façade throws in a host's handlers, on %s", (adapter) => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startTestApp({ adapter, controllers: [HostController] });
    await app.users.add('ada');
  });
  afterAll(() => app.close());

  it.each([
    ['DELETE', `/host/sign-ins/${UNKNOWN}`, 404, 'AUTH_SIGN_IN_NOT_FOUND', null],
    ['DELETE', '/host/sign-ins/not-an-id', 404, 'AUTH_SIGN_IN_NOT_FOUND', null],
    ['POST', '/host/refresh', 401, 'AUTH_REFRESH_TOKEN_INVALID', 'Bearer'],
    ['POST', '/host/enter', 401, 'AUTH_CREDENTIALS_INVALID', 'Bearer'],
  ])('%s %s is answered with %i %s', async (method, path, statusCode, code, challenge) => {
    const answer = await app.client().send(method, path);
    expect(answer.body).toEqual({ statusCode, code, message: expect.any(String) });
    expect(answer.status).toBe(statusCode);
    expect(answer.headers.get('www-authenticate')).toBe(challenge);
    expect(answer.headers.get('cache-control')).toBe('no-store');
  });

  it('an outage is 503 with Retry-After, and its cause stays inside', async () => {
    app.users.failure = new Error('connect ECONNREFUSED db.internal');
    const answer = await app.client().post('/host/open');
    app.users.failure = undefined;
    expect(answer).toMatchObject({ status: 503, body: { code: 'AUTH_STORE_UNAVAILABLE' } });
    expect(answer.headers.get('retry-after')).toBe('1');
    expect(JSON.stringify(answer.body)).not.toContain('ECONNREFUSED');
  });
});

describe('the table of statuses', () => {
  type ErrorClass = new (argument?: unknown) => errors.AuthError;
  const ARGUMENTS: Readonly<Record<string, unknown>> = {
    PasswordRejectedError: 'common',
    RecentSignInRequiredError: 300_000,
  };
  const all = Object.values<unknown>({ ...exported })
    .filter((value): value is typeof errors.AuthError => typeof value === 'function')
    .filter((value) => value.prototype instanceof errors.AuthError)
    .map((value) => new (value as unknown as ErrorClass)(ARGUMENTS[value.name]));

  it('has a status for the code of every error, and no other', () => {
    expect(all.length).toBeGreaterThan(10);
    expect(Object.keys(STATUS_OF).sort()).toEqual(all.map(({ code }) => code).sort());
  });

  it.each(all.map((error) => [error.code, error] as const))('%s is what the contract says', (code, error) => {
    const expected =
      {
        AUTH_REQUEST_INVALID: 400,
        AUTH_CSRF_REJECTED: 403,
        AUTH_FORBIDDEN: 403,
        AUTH_SIGN_IN_NOT_FOUND: 404,
        AUTH_SIGN_IN_LIMIT: 409,
        AUTH_SESSION_DATA_CONFLICT: 409,
        AUTH_GRANT_FORBIDDEN: 400,
        AUTH_GRANT_UNSUPPORTED: 400,
        AUTH_GRANT_INVALID: 400,
        AUTH_SCOPE_INVALID: 400,
        AUTH_TARGET_INVALID: 400,
        AUTH_ACTION_TOKEN_INVALID: 400,
        AUTH_ACCESS_TOKEN_TOO_LARGE: 500,
        AUTH_SIGNED_URL_INVALID: 403,
        AUTH_SIGNED_URL_EXPIRED: 403,
        AUTH_RATE_LIMITED: 429,
        AUTH_REVOCATION_OFF: 501,
        AUTH_PASSWORD_REJECTED: 400,
        AUTH_REFRESH_BUSY: 429,
        AUTH_PASSWORDS_BUSY: 503,
        AUTH_STORE_UNAVAILABLE: 503,
      }[code as string] ?? 401;
    expect(STATUS_OF[code as keyof typeof STATUS_OF]).toBe(expected);
    const headers = headersOf(error);
    expect(headers['Cache-Control']).toBe('no-store');
    const bearer = code.startsWith('AUTH_ACCESS_TOKEN_') ? 'Bearer error="invalid_token"' : 'Bearer';
    const challenge =
      {
        AUTH_CLIENT_INVALID: 'Basic realm="token"',
        AUTH_RECENT_SIGN_IN_REQUIRED:
          'Bearer error="insufficient_user_authentication", error_description="Confirm that it is you to continue.", max_age="300"',
      }[code as string] ?? bearer;
    expect(headers['WWW-Authenticate']).toBe(expected === 401 ? challenge : undefined);
    expect('Retry-After' in headers).toBe(expected === 429 || expected === 503);
  });
});
