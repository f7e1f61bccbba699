import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Controller, type ExecutionContext, Get, Injectable, Req, UseGuards } from '@nestjs/common';
import {
  AccessTokenExpiredError,
  AccessTokenInvalidError,
  AnyAuthGuard,
  CredentialsMissingError,
  CurrentUser,
  JwtAuthGuard,
  type Principal,
  Roles,
} from 'nestjs-aerie';
import { BELOW_THE_EDGE, startTestApp, type TestApp } from '../support/test-app.js';
import { cookieOf, tokenOf } from './credentials.js';

/** A request without a user is admitted too; a bad token is still refused. */
@Injectable()
class OptionalAuthGuard extends AnyAuthGuard {
  override handleRequest<TUser = Principal>(error: unknown, user: unknown): TUser {
    if (error && !(error instanceof CredentialsMissingError)) throw error;
    return (user || undefined) as TUser;
  }
}

/** A token counts when there is one; nothing else is looked at, and no request is refused. */
@Injectable()
class LenientJwtGuard extends JwtAuthGuard {
  override handleRequest<TUser = Principal>(_error: unknown, user: unknown): TUser {
    return (user || undefined) as TUser;
  }
}

/** A guest where no user signed in; every user gets a greeting and a role. */
@Injectable()
class GuestAuthGuard extends AnyAuthGuard {
  override handleRequest<TUser = Principal>(_error: unknown, user: unknown): TUser {
    const known = user ? { ...(user as Principal), greeting: 'hello' } : { id: 'guest' };
    return { ...known, roles: ['admin'] } as TUser;
  }
}

/** Reads the token from a header of its own. */
@Injectable()
class InternalAuthGuard extends JwtAuthGuard {
  override getRequest(context: ExecutionContext): unknown {
    const request = super.getRequest(context) as { headers: Record<string, string> };
    return { headers: { authorization: request.headers['x-internal'] } };
  }
}

/** Speaks its own mind about what is wrong. */
@Injectable()
class OutspokenGuard extends JwtAuthGuard {
  override handleRequest<TUser = Principal>(error: unknown, user: unknown): TUser {
    if (error instanceof AccessTokenInvalidError) throw new AccessTokenExpiredError();
    return super.handleRequest<TUser>(error, user);
  }
}

@Controller()
class SubclassedController {
  @UseGuards(OptionalAuthGuard)
  @Get('optional')
  optional(@CurrentUser() user: Principal | undefined, @Req() request: { user?: Principal }) {
    return { id: user?.id ?? null, requestUser: request.user?.id ?? null };
  }

  @Roles('admin')
  @UseGuards(OptionalAuthGuard)
  @Get('optional/roles')
  optionalWithRoles() {
    return {};
  }

  @UseGuards(GuestAuthGuard)
  @Get('guest')
  guest(@CurrentUser() user: { id: string; greeting?: string }, @Req() request: { user: { id: string } }) {
    return { id: user?.id ?? null, greeting: user?.greeting ?? null, requestUser: request.user.id };
  }

  @Roles('admin')
  @UseGuards(GuestAuthGuard)
  @Get('guest/roles')
  guestWithRoles() {
    return {};
  }

  @UseGuards(InternalAuthGuard)
  @Get('internal')
  internal(@CurrentUser('id') id: string) {
    return { id };
  }

  @UseGuards(AnyAuthGuard, InternalAuthGuard)
  @Get('internal/too')
  internalToo(@CurrentUser('id') id: string) {
    return { id };
  }

  @UseGuards(LenientJwtGuard, AnyAuthGuard)
  @Get('lenient/first')
  lenientFirst(@CurrentUser('id') id: string) {
    return { id };
  }

  @UseGuards(OutspokenGuard)
  @Get('outspoken')
  outspoken() {
    return {};
  }
}

describe.each(BELOW_THE_EDGE)('subclasses of the guards, on %s', (adapter) => {
  let app: TestApp;
  let bearer: string;
  beforeAll(async () => {
    app = await startTestApp({ adapter, controllers: [SubclassedController] });
    await app.users.add('ada');
    bearer = await tokenOf(app, 'user-1');
  });
  afterAll(() => app.close());

  it('make signing in optional by handleRequest', async () => {
    const anonymous = await app.client().get('/optional');
    expect(anonymous).toMatchObject({ status: 200, body: { id: null, requestUser: null } });
    const known = await app.client().get('/optional', { bearer });
    expect(known.body).toEqual({ id: 'user-1', requestUser: 'user-1' });
  });

  it('still refuse by code what handleRequest throws on', async () => {
    const answer = await app.client().get('/optional', { bearer: 'not.a.token' });
    expect(answer).toMatchObject({ status: 401, body: { code: 'AUTH_ACCESS_TOKEN_INVALID' } });
    expect(answer.headers.get('www-authenticate')).toBe('Bearer error="invalid_token"');
  });

  it('do not pass anonymous requests on to a handler with @Roles', async () => {
    expect((await app.client().get('/optional/roles')).status).toBe(401);
    expect((await app.client().get('/optional/roles', { bearer })).status).toBe(403);
  });

  it('do not pass the roles of a user that handleRequest invented', async () => {
    expect((await app.client().get('/guest/roles')).status).toBe(401);
    expect((await app.client().get('/guest/roles', { bearer })).status).toBe(403);
  });

  it('give the handler what handleRequest made of the principal', async () => {
    const { body } = await app.client().get('/guest', { bearer });
    expect(body).toEqual({ id: 'user-1', greeting: 'hello', requestUser: 'user-1' });
  });

  it('give the handler the user that handleRequest returned where none signed in', async () => {
    const { body } = await app.client().get('/guest');
    expect(body).toEqual({ id: 'guest', greeting: null, requestUser: 'guest' });
  });

  it('read the credential from where getRequest says', async () => {
    const headers = { 'x-internal': `Bearer ${bearer}` };
    expect((await app.client().get('/internal', { headers })).body).toEqual({ id: 'user-1' });
    expect((await app.client().get('/internal', { bearer })).status).toBe(401);
  });

  it('want their own credential even when another guard has found somebody', async () => {
    const headers = { 'x-internal': `Bearer ${bearer}` };
    expect((await app.client().get('/internal/too', { bearer, headers })).status).toBe(200);
    expect((await app.client().get('/internal/too', { bearer })).status).toBe(401);
  });

  it('do not refuse on behalf of a guard that accepts more', async () => {
    const cookie = await cookieOf(app, 'user-1');
    const bySession = await app.client().get('/lenient/first', { headers: { cookie } });
    expect(bySession).toMatchObject({ status: 200, body: { id: 'user-1' } });
    expect((await app.client().get('/lenient/first', { bearer })).status).toBe(200);
    const byBoth = { cookie, authorization: 'Bearer not.a.token' };
    expect((await app.client().get('/lenient/first', { headers: byBoth })).status).toBe(401);
    expect((await app.client().get('/lenient/first')).status).toBe(401);
  });

  it('may translate one refusal into another', async () => {
    const answer = await app.client().get('/outspoken', { bearer: 'not.a.token' });
    expect(answer).toMatchObject({ status: 401, body: { code: 'AUTH_ACCESS_TOKEN_EXPIRED' } });
  });
});
