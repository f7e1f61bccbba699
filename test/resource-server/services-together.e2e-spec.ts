// An issuer and two services: what the tokens of services, and those that people's are exchanged for, are good for where.
import { beforeAll, describe, expect, it } from '@jest/globals';
import { Controller, Get, UseGuards } from '@nestjs/common';
import { ServiceClients } from 'nestjs-aerie/service-tokens';
import {
  CurrentService,
  CurrentUser,
  JwtAuthGuard,
  MaxStaleness,
  type Principal,
  Scopes,
  ServiceAuthGuard,
  type ServicePrincipal,
  ServiceTokenClient,
} from 'nestjs-aerie/resource-server';
import { LogTrap } from '../support/log-trap.js';
import { signIn } from '../support/sign-ins.js';
import { BELOW_THE_EDGE } from '../support/test-app.js';
import { until } from '../support/until.js';
import { BILLING, type ClientOf, type Issuer, startIssuer } from './issuer.js';
import { type ResourceApp, startResourceApp } from './resource-app.js';

@Controller()
@MaxStaleness('0s')
class BillingController {
  @UseGuards(JwtAuthGuard)
  @Scopes('bills:read')
  @Get('bills')
  bills(@CurrentUser() user: Principal, @CurrentService() service: ServicePrincipal | undefined) {
    return { user: user.id, scopes: user.scopes, roles: user.roles, service: service ?? null };
  }

  @UseGuards(ServiceAuthGuard)
  @Scopes('bills:write')
  @Get('run')
  run(@CurrentService() service: ServicePrincipal, @CurrentUser() user: Principal | undefined) {
    return { service: service.clientId, scopes: service.scopes, user: user ?? null };
  }
}

const REVOKED = { status: 401, code: 'AUTH_ACCESS_TOKEN_REVOKED' };
const INVALID = { status: 401, code: 'AUTH_ACCESS_TOKEN_INVALID' };
const GOOD = { status: 200 };

describe.each(
  BELOW_THE_EDGE.flatMap((adapter) => [[adapter, 'feed'] as const, [adapter, 'introspection'] as const]),
)('two services on %s, by %s', (adapter, mode) => {
  let issuer: Issuer;
  let billing: ResourceApp;
  let orders: ServiceTokenClient;
  const ofAda = () => signIn(issuer, 'tokens');
  const exchanged = (subjectToken: string) =>
    orders.exchange({ subjectToken, audience: BILLING, scopes: ['bills:read'] });

  beforeAll(async () => {
    issuer = await startIssuer(adapter);
    orders = new ServiceTokenClient(issuer.orders);
    const client: ClientOf = await issuer.register({
      id: 'billing',
      resource: BILLING,
      scopes: ['revocations'],
      audiences: ['https://api.example.com'],
    });
    const { tokenUrl: _, ...credentials } = client;
    billing = await startResourceApp({
      adapter,
      controllers: [BillingController],
      options: {
        audience: BILLING,
        jwksUri: issuer.jwksUri,
        globalGuard: true,
        revocation:
          mode === 'feed'
            ? { mode, client, url: issuer.revocationsUrl }
            : { mode, client: credentials, url: `${issuer.url}/auth/introspect` },
      },
    });
  });

  it('a person comes by an exchanged token, with what was asked for and no roles', async () => {
    const { body } = await ofAda();
    const token = await exchanged(body.access_token);
    expect(await billing.get('/bills', token)).toMatchObject({
      ...GOOD,
      body: { user: 'user-1', scopes: ['bills:read'], roles: [], service: null },
    });
    // The token it was exchanged for is not for this service; this one is for no service's route.
    expect(await billing.get('/bills', body.access_token)).toMatchObject(INVALID);
    expect(await billing.get('/run', token)).toMatchObject(INVALID);
  });

  it('a service comes by a token of its own', async () => {
    const token = await orders.token({ audience: BILLING, scopes: ['bills:write'] });
    expect(await billing.get('/run', token)).toMatchObject({
      ...GOOD,
      body: { service: 'orders', scopes: ['bills:write'], user: null },
    });
    expect(await billing.get('/bills', token)).toMatchObject(INVALID);
    const other = await orders.token({ audience: BILLING, scopes: ['bills:read'] });
    expect(await billing.get('/run', other)).toMatchObject({ status: 403, code: 'AUTH_FORBIDDEN' });
    expect(await billing.get('/run')).toMatchObject({ status: 401, code: 'AUTH_CREDENTIALS_MISSING' });
  });

  it('an exchanged token ends with the sign-in it came from', async () => {
    const { client, body } = await ofAda();
    const token = await exchanged(body.access_token);
    expect(await billing.get('/bills', token)).toMatchObject(GOOD);
    await client.post('/auth/logout', { json: { refresh_token: body.refresh_token } });
    expect(await billing.get('/bills', token)).toMatchObject(REVOKED);
    await expect(exchanged(body.access_token)).rejects.toMatchObject({ code: 'AUTH_GRANT_INVALID' });
  });

  it('a change of roles ends it as well', async () => {
    const token = await exchanged((await ofAda()).body.access_token);
    await issuer.authentication.rolesChanged('user-1');
    // Introspection does not tell why.
    expect(await billing.get('/bills', token)).toMatchObject({
      status: 401,
      code: mode === 'feed' ? 'AUTH_ACCESS_TOKEN_STALE' : 'AUTH_ACCESS_TOKEN_REVOKED',
    });
  });

  it('a client that was disabled is out at once', async () => {
    const late = await issuer.register({ id: 'late', scopes: ['bills:write'], audiences: [BILLING] });
    const client = new ServiceTokenClient(late);
    const token = await client.token();
    expect(await billing.get('/run', token)).toMatchObject(GOOD);
    await issuer.app.get(ServiceClients).disable('late');
    expect(await billing.get('/run', token)).toMatchObject(REVOKED);
    client.forget(token);
    await expect(client.token()).rejects.toMatchObject({ code: 'AUTH_CLIENT_INVALID' });
  });

  it.each([
    ['disabled', (clients: ServiceClients, id: string) => clients.disable(id)],
    [
      'disabled and enabled again',
      async (clients: ServiceClients, id: string) => {
        await clients.disable(id);
        await clients.enable(id);
      },
    ],
    ['removed', (clients: ServiceClients, id: string) => clients.remove(id)],
    ['given another secret', (clients: ServiceClients, id: string) => clients.rotateSecret(id)],
  ])('what a client was given in exchange ends when the client is %s', async (what, change) => {
    const [id, other] = [`gone-${what.length}`, `stays-${what.length}`];
    const grants = ['token-exchange'] as const;
    const of = async (name: string) =>
      new ServiceTokenClient(
        await issuer.register({ id: name, scopes: ['bills:read'], audiences: [BILLING], grants }),
      );
    const { body } = await ofAda();
    const give = async (client: ServiceTokenClient) =>
      client.exchange({ subjectToken: body.access_token, audience: BILLING });
    const [mine, others] = [await give(await of(id)), await give(await of(other))];
    expect(await billing.get('/bills', mine)).toMatchObject(GOOD);
    await change(issuer.app.get(ServiceClients), id);
    expect(await billing.get('/bills', mine)).toMatchObject(REVOKED);
    expect(await billing.get('/bills', others)).toMatchObject(GOOD);
  });

  it('gives no more than the client may have', async () => {
    await expect(orders.token({ audience: BILLING, scopes: ['everything'] })).rejects.toMatchObject({
      code: 'AUTH_SCOPE_INVALID',
    });
    await expect(orders.token({ audience: 'https://evil.example.com' })).rejects.toMatchObject({
      code: 'AUTH_TARGET_INVALID',
    });
    const wrong = new ServiceTokenClient({
      ...issuer.orders,
      secret: 'another secret than that of the client',
    });
    await expect(wrong.token()).rejects.toMatchObject({ code: 'AUTH_CLIENT_INVALID' });
  });
});

describe('a feed whose client', () => {
  const follow = (issuer: Issuer, client: ClientOf, log = new LogTrap()) =>
    startResourceApp({
      log,
      options: {
        jwksUri: issuer.jwksUri,
        revocation: { mode: 'feed', client, url: issuer.revocationsUrl, pollInterval: '100ms' },
      },
    });
  const aud = 'https://api.example.com';

  it.each<[string, (issuer: Issuer) => Promise<ClientOf>, RegExp]>([
    [
      'may not read it',
      (issuer) => issuer.register({ id: 'curious', scopes: ['x'], audiences: [aud] }),
      /revocations of the issuer cannot be read.*AUTH_SCOPE_INVALID.*scope revocations for the audience https/,
    ],
    [
      'has a wrong secret',
      async ({ orders }) => ({ ...orders, secret: 'another secret than that of the client' }),
      /revocations of the issuer cannot be read.*AUTH_CLIENT_INVALID/,
    ],
    [
      'is sent elsewhere',
      async ({ orders, url }) => ({ ...orders, tokenUrl: `${url}/nowhere` }),
      /revocations of the issuer cannot be read.*nowhere answered with 404/,
    ],
  ])('%s answers 503, and the log says why', async (_, clientOf, line) => {
    const issuer = await startIssuer();
    const log = new LogTrap();
    const service = await follow(issuer, await clientOf(issuer), log);
    const { body } = await signIn(issuer, 'tokens');
    expect(await service.get('/orders', body.access_token)).toMatchObject({ status: 503 });
    expect(log.lines.filter((one) => line.test(one))).toHaveLength(1);
  });

  it('lost its tokens asks for another one by itself', async () => {
    const issuer = await startIssuer();
    const service = await follow(issuer, issuer.orders);
    const clients = issuer.app.get(ServiceClients);
    const { body } = await signIn(issuer, 'tokens');
    expect(await service.get('/now', body.access_token)).toMatchObject(GOOD);
    await clients.disable('orders');
    await until('it is refused', async () => (await service.get('/now', body.access_token)).status === 503);
    await clients.enable('orders');
    await until('it is back', async () => (await service.get('/now', body.access_token)).status === 200);
  });
});
