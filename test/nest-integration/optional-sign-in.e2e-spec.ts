import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Controller, Get, Header, Post, Req, UseGuards } from '@nestjs/common';
import { AnyAuthGuard, CurrentUser, JwtAuthGuard, type Principal, Public, Roles } from 'nestjs-aerie';
import { ADAPTERS, ISSUER, startTestApp, type TestApp } from '../support/test-app.js';
import { cookieOf, statementsDuring, tokenOf } from './credentials.js';

const said = (user: Principal | undefined) => ({ id: user?.id ?? null });

@Controller()
class ShopController {
  @Public({ optional: true })
  @Get('shop')
  shop(@CurrentUser() user: Principal | undefined, @Req() request: { user?: Principal }) {
    return { ...said(user), same: user === request.user };
  }

  @Public({ optional: true })
  @Post('shop')
  order(@CurrentUser() user: Principal | undefined) {
    return said(user);
  }

  @Public({ optional: true })
  @Roles('admin')
  @Header('Vary', 'Accept-Language')
  @Get('shop/roles')
  roles(@CurrentUser() user: Principal | undefined) {
    return said(user);
  }

  @Public({ optional: true })
  @UseGuards(JwtAuthGuard)
  @Get('shop/tokens')
  tokens(@CurrentUser() user: Principal | undefined) {
    return said(user);
  }

  @Public()
  @Get('open')
  open(@CurrentUser() user: Principal | undefined) {
    return said(user);
  }
}

@Public({ optional: true })
@Controller('mall')
class MallController {
  @Get()
  enter(@CurrentUser() user: Principal | undefined) {
    return said(user);
  }

  @Public()
  @Get('street')
  street(@CurrentUser() user: Principal | undefined) {
    return said(user);
  }

  @UseGuards(AnyAuthGuard)
  @Get('till')
  till(@CurrentUser() user: Principal | undefined) {
    return said(user);
  }
}

describe.each(ADAPTERS)('@Public({ optional: true }) under globalGuard: true, on %s', (adapter) => {
  let app: TestApp;
  let bearer: string;
  let cookie: string;
  beforeAll(async () => {
    app = await startTestApp({
      adapter,
      controllers: [ShopController, MallController],
      options: { globalGuard: true, revocation: { mode: 'lookup' } },
    });
    await app.users.add('ada');
    bearer = await tokenOf(app, 'user-1');
    cookie = await cookieOf(app, 'user-1');
  });
  afterAll(() => app.close());

  const get = (path: string, headers: Record<string, string> = {}) => app.client().get(path, { headers });
  const known = { status: 200, body: { id: 'user-1' } };
  const nobody = { status: 200, body: { id: null } };

  it('gives the user of a good credential', async () => {
    for (const headers of [{ authorization: `Bearer ${bearer}` }, { cookie }]) {
      for (const path of ['/shop', '/mall', '/shop/roles']) {
        const answer = await get(path, headers);
        expect(answer).toMatchObject(known);
        expect(answer.headers.get('cache-control')).toBe('no-store');
        expect(answer.headers.get('vary')).toMatch(/Cookie|Accept-Language/);
      }
    }
    expect((await get('/shop', { cookie })).body).toEqual({ id: 'user-1', same: true });
  });

  it('gives none without a credential, and lets that answer be cached for others without a cookie', async () => {
    const answer = await get('/shop');
    expect(answer).toMatchObject(nobody);
    expect(answer.headers.get('vary')).toBe('Cookie');
    expect(answer.headers.get('cache-control')).toBeNull();
    expect((await get('/mall')).body).toEqual({ id: null });
  });

  it('gives none with a cookie that is unknown, made up, twice there, or of a sign-in that has ended', async () => {
    const ended = await cookieOf(app, 'user-1');
    await app.authentication.endSignIn('user-1', (await app.authentication.listSignIns('user-1'))[0]!.id);
    const twice = `${cookie}; ${cookie}`;
    for (const bad of [ended, '__Host-session=nonsense', `${cookie.slice(0, -8)}AAAAAAAA`, twice]) {
      const answer = await get('/shop', { cookie: bad });
      expect(answer).toMatchObject(nobody);
      expect(answer.headers.get('vary')).toBe('Cookie');
      expect(answer.headers.get('cache-control')).toBe('no-store');
      expect(answer.setCookies).toEqual([]);
    }
  });

  it.each(['Bearer not.a.token', 'Basic YTpi', 'Bearer'])('refuses an Authorization of %s', async (bad) => {
    for (const headers of [{ authorization: bad }, { authorization: bad, cookie }])
      expect((await get('/shop', headers)).status).toBe(401);
  });

  it('says 503 while the directory is away', async () => {
    app.users.failure = new Error('away');
    const answer = await get('/shop', { cookie });
    app.users.failure = undefined;
    expect(answer).toMatchObject({ status: 503, body: { code: 'AUTH_STORE_UNAVAILABLE' } });
  });

  it("refuses another site's write with the session cookie", async () => {
    const write = (origin: string) => app.client().post('/shop', { headers: { cookie, origin } });
    expect((await write(ISSUER)).body).toEqual({ id: 'user-1' });
    expect(await write('https://evil.example')).toMatchObject({
      status: 403,
      body: { code: 'AUTH_CSRF_REJECTED' },
    });
  });

  it('follows which credential a guard takes', async () => {
    expect(await get('/shop/tokens', { authorization: `Bearer ${bearer}` })).toMatchObject(known);
    expect((await get('/shop/tokens', {})).body).toEqual({ id: null });
    // The global guard took the session; the nearer guard takes none.
    expect((await get('/shop/tokens', { cookie })).body).toEqual({ id: null });
  });

  it('is not what @Public() alone says, nor stronger than a nearer decorator', async () => {
    for (const path of ['/open', '/mall/street']) {
      const statements = await statementsDuring(app, async () => {
        expect((await get(path, { cookie, authorization: 'Bearer x' })).body).toEqual({ id: null });
      });
      expect(statements).toEqual([]);
    }
    expect((await get('/mall/till')).status).toBe(401);
    expect(await get('/mall/till', { cookie })).toMatchObject(known);
  });

  it('is not said by our login, which a cookie that is no good does not stop', async () => {
    const json = { identifier: 'ada', password: 'correct horse battery', mode: 'tokens' };
    const authorization = 'Bearer not.a.token';
    const answer = await app.client().post('/auth/login', { json, headers: { authorization } });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('vary')).toBeNull();
  });

  it('takes no unknown option', () => {
    expect(() => Public({ optionl: true } as never)).toThrow('{ optional?: boolean }');
    expect(() => Public({ optional: 'yes' } as never)).toThrow('{ optional?: boolean }');
  });
});
