import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Controller, Get, UseGuards } from '@nestjs/common';
import { CurrentService, CurrentUser, Scopes, ServiceAuthGuard, type ServicePrincipal } from 'nestjs-aerie';
import { ServiceClients, serviceIssuer } from 'nestjs-aerie/service-tokens';
import {
  askToken,
  basic,
  type Held,
  postForm,
  registered,
  serviceToken,
} from '../support/service-requests.js';
import { claimsOf } from '../support/sign-ins.js';
import { ADAPTERS, ISSUER, startTestApp, type TestApp } from '../support/test-app.js';

@Controller('internal')
@UseGuards(ServiceAuthGuard)
class InternalController {
  @Get()
  who(@CurrentService() service: ServicePrincipal, @CurrentUser() user: unknown) {
    return { service, user: user ?? null };
  }

  @Get('orders')
  @Scopes('orders:read')
  orders(@CurrentService('clientId') clientId: string) {
    return { clientId };
  }
}

describe.each(ADAPTERS)('a token of a service, on %s', (adapter) => {
  let app: TestApp;
  let orders: Held;
  let billing: Held;
  beforeAll(async () => {
    app = await startTestApp({
      adapter,
      controllers: [InternalController],
      options: { features: [serviceIssuer({ lifetime: '2m' })], globalGuard: true },
    });
    orders = await registered(app, {
      id: 'orders',
      scopes: ['orders:read', 'orders:write'],
      audiences: [ISSUER],
    });
    billing = await registered(app, {
      id: 'billing',
      scopes: ['bills'],
      audiences: ['https://bills.example.com', 'https://mail.example.com'],
    });
  });
  afterAll(() => app.close());

  it('is given for the secret by HTTP Basic, with all scopes and the one audience', async () => {
    const { status, body, headers } = await askToken(app, orders);
    expect(status).toBe(200);
    expect(body).toEqual({
      access_token: expect.any(String),
      token_type: 'Bearer',
      expires_in: 120,
      scope: 'orders:read orders:write',
    });
    expect(headers.get('cache-control')).toBe('no-store');
    const claims = claimsOf(body.access_token);
    expect(claims).toEqual({
      iss: ISSUER,
      aud: ISSUER,
      sub: 'client:orders',
      client_id: 'orders',
      scope: 'orders:read orders:write',
      jti: expect.stringMatching(/^[0-9a-f-]{36}$/),
      iat: expect.any(Number),
      exp: claims['iat'] + 120,
      sep: expect.any(Number),
      gep: 0,
    });
    const [header = ''] = body.access_token.split('.');
    expect(JSON.parse(Buffer.from(header, 'base64url').toString())).toMatchObject({ typ: 'service+jwt' });
  });

  it('is given for the secret in the body, with the scopes asked for', async () => {
    const { id, secret } = orders;
    const { status, body } = await postForm(app, 'token', {
      grant_type: 'client_credentials',
      client_id: id,
      client_secret: secret,
      scope: 'orders:read',
    });
    expect([status, body.scope]).toEqual([200, 'orders:read']);
  });

  it('is for the audience that is named, by either name', async () => {
    for (const field of ['audience', 'resource']) {
      const token = await serviceToken(app, billing, { [field]: 'https://mail.example.com' });
      expect(claimsOf(token)['aud']).toBe('https://mail.example.com');
    }
  });

  it.each<[string, Record<string, string>, number, string, string]>([
    ['of no grant', { grant_type: '' }, 400, 'invalid_request', 'AUTH_REQUEST_INVALID'],
    ['of another grant', { grant_type: 'password' }, 400, 'unsupported_grant_type', 'AUTH_GRANT_UNSUPPORTED'],
    ['for too much', { scope: 'orders:read bills' }, 400, 'invalid_scope', 'AUTH_SCOPE_INVALID'],
    ['for malformed scopes', { scope: 'orders:read  bills' }, 400, 'invalid_scope', 'AUTH_SCOPE_INVALID'],
    [
      'for another audience',
      { audience: 'https://mail.example.com' },
      400,
      'invalid_target',
      'AUTH_TARGET_INVALID',
    ],
    ['with an unknown field', { assertion: 'x' }, 400, 'invalid_request', 'AUTH_REQUEST_INVALID'],
    ['with a field of another grant', { subject_token: 'x' }, 400, 'invalid_request', 'AUTH_REQUEST_INVALID'],
  ])('is refused when it is asked for %s', async (_, fields, status, error, code) => {
    const answer = await askToken(app, orders, fields);
    expect(answer.status).toBe(status);
    expect(answer.body).toEqual({
      error,
      error_description: answer.body.message,
      statusCode: status,
      code,
      message: expect.any(String),
    });
  });

  it('is refused for none of several audiences, and for two that differ', async () => {
    for (const fields of [
      {},
      { audience: 'https://mail.example.com', resource: 'https://bills.example.com' },
    ])
      expect((await askToken(app, billing, fields)).body.error).toBe('invalid_target');
  });

  it.each<[string, (held: Held) => Held]>([
    ['a wrong secret', ({ id }) => ({ id, secret: `cs1_${'A'.repeat(43)}` })],
    ['no secret', ({ id }) => ({ id, secret: '' })],
    ['an unknown client', ({ secret }) => ({ id: 'nobody', secret })],
    ['another client', ({ secret }) => ({ id: 'billing', secret })],
    ['what can be no client', ({ secret }) => ({ id: "orders' or 1=1", secret })],
    ['a client in other letters', ({ secret }) => ({ id: 'ORDERS', secret })],
  ])('is refused for %s, all alike', async (_, change) => {
    const answer = await askToken(app, change(orders));
    expect(answer.status).toBe(401);
    expect(answer.body).toEqual({
      error: 'invalid_client',
      error_description: 'The client could not be authenticated.',
      statusCode: 401,
      code: 'AUTH_CLIENT_INVALID',
      message: 'The client could not be authenticated.',
    });
    expect(answer.headers.get('www-authenticate')).toBe('Basic realm="token"');
  });

  it.each<[string, Record<string, string>]>([
    ['nothing', {}],
    ['a bearer token', { authorization: 'Bearer x' }],
    ['malformed Basic', { authorization: 'Basic ***' }],
    ['Basic without a colon', { authorization: `Basic ${Buffer.from('orders').toString('base64')}` }],
  ])('is refused for %s', async (_, headers) => {
    const { status, body } = await postForm(app, 'token', { grant_type: 'client_credentials' }, headers);
    expect([status, body.error]).toEqual([401, 'invalid_client']);
  });

  it('is refused for two proofs at once', async () => {
    const { id, secret } = orders;
    const both = await askToken(app, orders, { client_secret: secret, client_id: id });
    expect([both.status, both.body.error]).toEqual([400, 'invalid_request']);
    const named = await askToken(app, orders, { client_id: 'billing' });
    expect([named.status, named.body.error]).toEqual([400, 'invalid_request']);
    expect((await askToken(app, orders, { client_id: id })).status).toBe(200);
  });

  it.each<[string, string, Record<string, string>]>([
    ['a field twice', 'grant_type=client_credentials&scope=orders:read&scope=orders:write', {}],
    ['a field twice, once empty', 'grant_type=client_credentials&scope=&scope=orders:write', {}],
    ['a malformed escape', 'grant_type=client_credentials&scope=%zz', {}],
    ['JSON', '{"grant_type":"client_credentials"}', { 'content-type': 'application/json' }],
    [
      'another charset',
      'grant_type=client_credentials',
      { 'content-type': 'application/x-www-form-urlencoded; charset=latin1' },
    ],
    ['a multipart form', 'x', { 'content-type': 'multipart/form-data; boundary=x' }],
    ['a compressed body', 'x', { 'content-encoding': 'gzip' }],
    ['a body of 17 KiB', `grant_type=client_credentials&scope=${'a'.repeat(17_000)}`, {}],
    ['__proto__', 'grant_type=client_credentials&__proto__=x', {}],
  ])('is refused for %s, in both shapes', async (_, raw, headers) => {
    const { status, body } = await postForm(app, 'token', raw, { ...basic(orders), ...headers });
    expect([status, body.error, body.code]).toEqual([400, 'invalid_request', 'AUTH_REQUEST_INVALID']);
  });

  it('is not given to a client that has not the grant', async () => {
    const held = await registered(app, {
      id: 'only-exchange',
      scopes: [],
      audiences: ['x'],
      grants: ['token-exchange'],
    });
    expect(await askToken(app, held)).toMatchObject({
      status: 400,
      body: { error: 'unauthorized_client', code: 'AUTH_GRANT_FORBIDDEN' },
    });
    expect((await askToken(app, held, { grant_type: 'password' })).body.error).toBe('unsupported_grant_type');
  });

  it('admits the service, which is no user, also beside a global guard', async () => {
    const bearer = await serviceToken(app, orders, { scope: 'orders:read' });
    const { status, body } = await app.client().get('/internal', { bearer });
    expect(status).toBe(200);
    expect(body).toEqual({
      service: { clientId: 'orders', scopes: ['orders:read'], tokenId: claimsOf(bearer)['jti'] },
      user: null,
    });
    expect((await app.client().get('/internal/orders', { bearer })).body).toEqual({ clientId: 'orders' });
    expect((await app.client().get('/auth/me', { bearer })).status).toBe(401);
    expect((await app.client().get('/internal')).body.code).toBe('AUTH_CREDENTIALS_MISSING');
  });

  it('admits to nothing that asks for another scope, and none that is for another audience', async () => {
    const bearer = await serviceToken(app, orders, { scope: 'orders:write' });
    expect((await app.client().get('/internal/orders', { bearer })).body.code).toBe('AUTH_FORBIDDEN');
    const other = await serviceToken(app, billing, { audience: 'https://mail.example.com' });
    expect((await app.client().get('/internal', { bearer: other })).body.code).toBe(
      'AUTH_ACCESS_TOKEN_INVALID',
    );
  });

  it('is told of: what was issued, and who was refused, without a secret', async () => {
    app.events.length = 0;
    const token = await serviceToken(app, orders);
    await askToken(app, { id: 'orders', secret: 'x' });
    await askToken(app, { id: 'nobody', secret: 'x' });
    expect(app.events).toEqual([
      {
        type: 'service_token_issued',
        clientId: 'orders',
        tokenId: claimsOf(token)['jti'],
        audience: ISSUER,
        scopes: ['orders:read', 'orders:write'],
      },
      expect.objectContaining({ type: 'client_refused', reason: 'secret', clientId: 'orders' }),
      expect.objectContaining({ type: 'client_refused', reason: 'unknown', clientId: null }),
    ]);
  });

  it('a form that a browser posts with its cookies gains nothing', async () => {
    await app.users.add('ada');
    const client = app.client();
    await client.post('/auth/login', { json: { identifier: 'ada', password: 'correct horse battery' } });
    const answer = await client.post('/auth/token', {
      raw: 'grant_type=client_credentials&client_id=orders',
      headers: { 'content-type': 'application/x-www-form-urlencoded', origin: 'https://evil.example' },
    });
    expect([answer.status, answer.body.error]).toEqual([401, 'invalid_client']);
    expect((await client.get('/internal')).body.code).toBe('AUTH_CREDENTIALS_MISSING');
  });
});

describe('without services', () => {
  it('there is no route, and nothing to inject', async () => {
    const app = await startTestApp();
    expect((await postForm(app, 'token', 'grant_type=client_credentials')).status).toBe(404);
    expect(() => app.app.get(ServiceClients)).toThrow(/ServiceClients/);
    await app.close();
  });

  it('their options stop the boot', async () => {
    const features = [serviceIssuer({ lifetime: '2h' })];
    await expect(startTestApp({ options: { features } })).rejects.toMatchObject({
      code: 'AUTH_CONFIG_INVALID',
      message: expect.stringContaining('"service-issuer.lifetime"'),
    });
  });
});
