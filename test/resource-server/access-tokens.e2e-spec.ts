import { beforeAll, describe, expect, it } from '@jest/globals';
import { createPublicKey } from 'node:crypto';
import { AuthModule, CurrentUser, JwtAuthGuard, Roles } from 'nestjs-aerie';
import * as resourceServer from 'nestjs-aerie/resource-server';
import { goodClaims, signHmac } from '../access-tokens/forge.js';
import { signIn } from '../support/sign-ins.js';
import { ADAPTERS, startTestApp, type TestApp } from '../support/test-app.js';
import { es256Key } from './es256.js';
import { type ResourceApp, startResourceApp } from './resource-app.js';
import { StandIn } from './stand-in.js';

const AUDIENCE = 'https://orders.example.com';

describe.each(ADAPTERS)('a resource server on %s', (adapter) => {
  const key = es256Key('k1');
  let issuer: TestApp;
  let service: ResourceApp;
  let trap: StandIn;
  beforeAll(async () => {
    issuer = await startTestApp({
      options: { keys: [key.option], accessTokens: { audience: ['https://api.example.com', AUDIENCE] } },
    });
    await issuer.users.add('ada', undefined, { roles: ['admin'], scopes: ['orders:read'] });
    trap = await StandIn.start(() => ({ keys: [key.jwk] }));
    service = await startResourceApp({
      adapter,
      options: { audience: AUDIENCE, jwksUri: `${issuer.url}/.well-known/jwks.json` },
    });
  });

  it('admits a token of its issuer, with roles and scopes', async () => {
    const { body } = await signIn(issuer, 'tokens');
    const token: string = body.access_token;
    expect(await service.get('/orders', token)).toMatchObject({
      status: 200,
      body: { user: 'user-1', roles: ['admin'], scopes: ['orders:read'] },
    });
    expect(await service.get('/admin', token)).toMatchObject({ status: 200 });
    expect(await service.get('/scoped', token)).toMatchObject({ status: 403, code: 'AUTH_FORBIDDEN' });
    expect(await service.get('/orders')).toMatchObject({ status: 401, code: 'AUTH_CREDENTIALS_MISSING' });
    expect(await service.get('/public')).toMatchObject({ status: 200 });
  });

  it('admits to what needs a recent sign-in by the time in the token', async () => {
    const now = Math.floor(Date.now() / 1000);
    const at = (seconds: number) => key.token({ aud: AUDIENCE, auth_time: now - seconds });
    expect(await service.get('/recent', at(10))).toMatchObject({ status: 200 });
    for (const seconds of [400, now, -120])
      expect(await service.get('/recent', at(seconds))).toMatchObject({
        status: 401,
        code: 'AUTH_RECENT_SIGN_IN_REQUIRED',
        body: { max_age: 300 },
      });
    expect(await service.get('/orders', at(400))).toMatchObject({ status: 200 });
  });

  const other = es256Key('k1');
  const now = Math.floor(Date.now() / 1000);
  const good = { aud: AUDIENCE };
  const wrong: [string, () => string, string?][] = [
    ['of another issuer', () => key.token({ ...good, iss: 'https://evil.example.com' })],
    ['of the issuer with a slash', () => key.token({ ...good, iss: 'https://api.example.com/' })],
    ['for another audience', () => key.token({ aud: 'https://billing.example.com' })],
    ['for no audience', () => key.token({ aud: [] })],
    ['of another type', () => key.token(good, { typ: 'JWT' })],
    ['of a service', () => key.token(good, { typ: 'service+jwt' })],
    ['of another media type', () => key.token(good, { typ: 'application/x/at+jwt' })],
    ['of another kind of media', () => key.token(good, { typ: 'text/at+jwt' })],
    ['signed with another key of the same kid', () => other.token(good)],
    ['of an unknown key', () => es256Key('k2').token(good)],
    ['without kid', () => key.token(good, { kid: undefined })],
    ['with another alg than its key has', () => key.token(good, { alg: 'RS256' })],
    ['of alg none', () => key.token(good, { alg: 'none' }).replace(/[^.]*$/, '')],
    ['expired', () => key.token({ ...good, exp: now - 60 }), 'AUTH_ACCESS_TOKEN_EXPIRED'],
    [
      'of the future, as after a clock went back',
      () => key.token({ ...good, iat: now + 600, exp: now + 900 }),
      'AUTH_ACCESS_TOKEN_EXPIRED',
    ],
    ['altered', () => key.token(good).replace(/\.[^.]*\./, (part) => `.${part.slice(1, -3)}AA.`)],
    ['no token at all', () => 'nonsense'],
    [
      'HS256 with the public key',
      () => {
        const spki = createPublicKey(key.privateKey).export({ type: 'spki', format: 'pem' });
        const claims = goodClaims({ id: 's', sub: 'user-1', sep: 0 }, good);
        return signHmac({ alg: 'HS256', kid: 'k1', typ: 'at+jwt' }, claims, spki.toString());
      },
    ],
    ...['jku', 'x5u'].map((name): [string, () => string] => [
      `with ${name}`,
      () => key.token(good, { [name]: `${trap.url}/keys.json`, kid: 'k9' }),
    ]),
    ['with a key in it', () => other.token(good, { jwk: other.jwk })],
  ];
  it.each(['AT+JWT', 'application/at+jwt', 'Application/AT+jwt'])(
    'admits the type however written: %s',
    async (typ) => {
      expect(await service.get('/orders', key.token(good, { typ }))).toMatchObject({ status: 200 });
    },
  );

  it.each(['service+jwt', 'Service+JWT', 'application/service+jwt'])(
    'admits a service by the type however written: %s',
    async (typ) => {
      const claims = { ...good, sub: 'client:orders', client_id: 'orders' };
      const services = service.app.get(resourceServer.ServiceAuthenticator);
      const principal = await services.serviceToken(key.token(claims, { typ }));
      expect(principal.clientId).toBe('orders');
      await expect(services.serviceToken(key.token(claims, { typ: 'at+jwt' }))).rejects.toThrow();
    },
  );

  it.each(wrong)('refuses one %s', async (_, token, code = 'AUTH_ACCESS_TOKEN_INVALID') => {
    expect(await service.get('/orders', key.token(good))).toMatchObject({ status: 200 });
    // Cold and warm: the cache makes no difference.
    for (let i = 0; i < 2; i++)
      expect(await service.get('/orders', token())).toMatchObject({ status: 401, code });
  });

  it('sends no request to what a token names', () => {
    expect(trap.received).toEqual([]);
  });
});

describe('the entry', () => {
  it('gives the very classes of the main one', () => {
    expect(resourceServer.JwtAuthGuard).toBe(JwtAuthGuard);
    expect(resourceServer.CurrentUser).toBe(CurrentUser);
    expect(resourceServer.Roles).toBe(Roles);
    expect('AuthModule' in resourceServer).toBe(false);
    expect(AuthModule).toBeDefined();
  });

  it('guards every route where it is asked to', async () => {
    const key = es256Key('k1');
    const service = await startResourceApp({ options: { jwks: { keys: [key.jwk] }, globalGuard: true } });
    expect(await service.get('/orders')).toMatchObject({ status: 401 });
    expect(await service.get('/orders', key.token())).toMatchObject({ status: 200 });
    expect(await service.get('/public')).toMatchObject({ status: 200 });
  });
});
