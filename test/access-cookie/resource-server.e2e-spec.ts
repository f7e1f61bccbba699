import { describe, expect, it } from '@jest/globals';
import { Controller, Get, Post, UseGuards } from '@nestjs/common';
import { CurrentUser, JwtAuthGuard } from 'nestjs-aerie/resource-server';
import { resolveResourceServerOptions } from '../../libs/auth/src/resource-server/resource-server.options.js';
import { HttpClient } from '../support/http-client.js';
import { es256Key } from '../resource-server/es256.js';
import { startResourceApp } from '../resource-server/resource-app.js';
import { ADAPTERS } from '../support/test-app.js';
import { ACCESS_COOKIE } from './cookie-app.js';

const PAGE = 'https://app.example.com';

@Controller('orders')
@UseGuards(JwtAuthGuard)
class OrdersController {
  @Get()
  orders(@CurrentUser('id') id: string) {
    return { id };
  }

  @Post()
  order(@CurrentUser('id') id: string) {
    return { id };
  }
}

describe.each(ADAPTERS)('a resource server, on %s', (adapter) => {
  const key = es256Key('k1');
  const cookie = `${ACCESS_COOKIE}=${key.token()}`;
  const start = async (options: object) => {
    const service = await startResourceApp({
      adapter,
      controllers: [OrdersController],
      options: { jwks: { keys: [key.jwk] }, ...options },
    });
    return { service, client: new HttpClient((await service.app.getUrl()).replace(/\/$/, '')) };
  };

  it('reads access tokens from the cookie that it was told of, and checks the origin', async () => {
    const { service, client } = await start({ accessTokenCookie: ACCESS_COOKIE, trustedOrigins: [PAGE] });
    const post = (origin: string) => client.post('/orders', { headers: { cookie, origin } });
    for (let time = 0; time < 2; time++) {
      expect((await client.get('/orders', { headers: { cookie } })).body).toEqual({ id: 'user-1' });
      expect((await post(PAGE)).status).toBe(201);
      expect(await post('https://evil.example')).toMatchObject({ body: { code: 'AUTH_CSRF_REJECTED' } });
    }
    const bearer = key.token({ sub: 'user-2' });
    expect((await client.get('/orders', { headers: { cookie }, bearer })).body).toEqual({ id: 'user-2' });
    const two = await client.get('/orders', { headers: { cookie: `${cookie}; ${cookie}` } });
    expect(two.status).toBe(400);
    const session = await client.get('/orders', { headers: { cookie: '__Host-session=x' } });
    expect(session).toMatchObject({ status: 401, body: { code: 'AUTH_CREDENTIALS_MISSING' } });
    await service.close();
  });

  it('reads no cookie unless it was told to', async () => {
    const { service, client } = await start({});
    expect((await client.get('/orders', { headers: { cookie } })).status).toBe(401);
    await service.close();
  });
});

describe('the options of a resource server', () => {
  const resolve = (options: object) =>
    resolveResourceServerOptions({
      issuer: 'https://api.example.com',
      audience: 'orders',
      revocation: { mode: 'none' },
      ...options,
    });

  it('ask for the origins beside the cookie, and take none without it', () => {
    expect(() => resolve({ accessTokenCookie: ACCESS_COOKIE })).toThrow(/"trustedOrigins" must be a list/);
    expect(() => resolve({ accessTokenCookie: ACCESS_COOKIE, trustedOrigins: [] })).toThrow(
      /"trustedOrigins"/,
    );
    expect(() => resolve({ trustedOrigins: [PAGE] })).toThrow(/"trustedOrigins" must be left out/);
    expect(() => resolve({ accessTokenCookie: ACCESS_COOKIE, trustedOrigins: ['*'] })).toThrow(
      /"trustedOrigins\[0\]" must be one origin/,
    );
    for (const accessTokenCookie of ['', 'a b', true, 7])
      expect(() => resolve({ accessTokenCookie, trustedOrigins: [PAGE] })).toThrow(/"accessTokenCookie"/);
  });
});
