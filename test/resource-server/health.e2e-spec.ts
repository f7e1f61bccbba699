/** Health, metrics and status of a resource server. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Controller, Get, UseGuards } from '@nestjs/common';
import { HealthCheck, HealthCheckService, TerminusModule } from '@nestjs/terminus';
import { AuthMetrics } from 'nestjs-aerie/opentelemetry';
import { JwtAuthGuard, type ResourceServerOptions, ResourceStatus } from 'nestjs-aerie/resource-server';
import { AuthHealthIndicator } from 'nestjs-aerie/terminus';
import { MetricReadings } from '../support/metric-readings.js';
import { signIn } from '../support/sign-ins.js';
import { BELOW_THE_EDGE, type Adapter } from '../support/test-app.js';
import { until } from '../support/until.js';
import { es256Key } from './es256.js';
import { type Issuer, startIssuer } from './issuer.js';
import { startResourceApp } from './resource-app.js';
import { StandIn } from './stand-in.js';

@Controller()
class HealthController {
  constructor(
    private readonly health: HealthCheckService,
    private readonly auth: AuthHealthIndicator,
  ) {}

  @HealthCheck()
  @Get('health')
  ready() {
    return this.health.check([() => this.auth.isHealthy('auth')]);
  }

  @UseGuards(JwtAuthGuard)
  @Get('orders')
  orders() {
    return {};
  }
}

const key = es256Key('k1');

async function started(options: Partial<ResourceServerOptions>, adapter?: Adapter) {
  const service = await startResourceApp({
    ...(adapter && { adapter }),
    options,
    imports: [TerminusModule.forRoot({ logger: false })],
    controllers: [HealthController],
    providers: [AuthHealthIndicator, AuthMetrics],
  });
  const health = async () => {
    const { status, body } = await service.get('/health');
    return { status, about: body.details?.auth };
  };
  return { service, health, status: service.app.get(ResourceStatus) };
}

describe.each(BELOW_THE_EDGE)('a resource server that follows the feed, on %s', (adapter) => {
  let issuer: Issuer;
  beforeAll(async () => {
    issuer = await startIssuer(adapter);
  });
  afterAll(() => issuer.close());
  const byFeed = () =>
    started(
      {
        jwksUri: issuer.jwksUri,
        revocation: {
          mode: 'feed',
          url: issuer.revocationsUrl,
          client: issuer.orders,
          pollInterval: '60s',
          maxStaleness: '60s',
        },
      },
      adapter,
    );

  it('is up with what there is to know, and down once the feed is too old', async () => {
    const { service, health } = await byFeed();
    expect(await health()).toEqual({
      status: 200,
      about: {
        status: 'up',
        mode: 'feed',
        keys: 1,
        keysAgeMs: expect.any(Number),
        keysReachable: true,
        lagMs: expect.any(Number),
        entries: 0,
        overflowing: false,
        notifierConnected: null,
      },
    });
    service.clock.pass(61_000);
    expect(await health()).toMatchObject({ status: 503, about: { status: 'down' } });
  });

  it('shows the age of feed and keys, and refusals by code, as metrics and as status', async () => {
    const readings = new MetricReadings();
    const { service, status } = await byFeed();
    service.clock.pass(3_000);
    const token: string = (await signIn(issuer, 'tokens')).body.access_token;
    expect((await service.get('/orders', token)).status).toBe(200);
    expect((await service.get('/orders', 'nonsense')).status).toBe(401);
    expect((await service.get('/orders', key.token({ exp: 1 }))).status).toBe(401);
    expect(await readings.of('aerie.revocation.feed.lag')).toBeGreaterThanOrEqual(3);
    expect(await readings.of('aerie.keys.age')).toBeGreaterThanOrEqual(3);
    expect(await readings.of('aerie.tokens.refused', 'AUTH_ACCESS_TOKEN_INVALID')).toBe(2);
    expect(await readings.of('aerie.tokens.refused', 'AUTH_ACCESS_TOKEN_REVOKED')).toBe(0);
    expect(await readings.of('aerie.sessions.cached')).toBeUndefined();
    expect(status.keys()).toMatchObject({ known: 1, failing: false });
    expect(status.feed()).toMatchObject({ entries: 0, overflowing: false, maxStalenessMs: 60_000 });
    expect(status.refusals.AUTH_ACCESS_TOKEN_INVALID).toBe(2);
    await service.close();
    await readings.close();
  });

  it('counts a revoked token once for each request, cached or not', async () => {
    const { service, status } = await byFeed();
    const { client, body } = await signIn(issuer, 'tokens');
    expect((await service.get('/orders', body.access_token)).status).toBe(200);
    await client.post('/auth/logout', { json: { refresh_token: body.refresh_token } });
    service.clock.pass(61_000);
    await until(
      'it is refused',
      async () => (await service.get('/orders', body.access_token)).status === 401,
    );
    const before = status.refusals.AUTH_ACCESS_TOKEN_REVOKED;
    await service.get('/orders', body.access_token);
    expect(status.refusals.AUTH_ACCESS_TOKEN_REVOKED).toBe(before + 1);
  });
});

describe('a resource server that asks about tokens', () => {
  it('is down while the issuer does not answer, and up again by itself', async () => {
    const issuer = await StandIn.start(() => ({ active: false }));
    const { health } = await started({
      jwks: { keys: [key.jwk] },
      revocation: {
        mode: 'introspection',
        url: `${issuer.url}/introspect`,
        client: { clientId: 'orders', secret: 'a secret of the client' },
      },
    });
    const about = { status: 'up', mode: 'introspection', introspection: 'reachable' };
    expect(await health()).toEqual({ status: 200, about });
    issuer.answer = (_, response) => void response.writeHead(500).end();
    expect(await health()).toMatchObject({ status: 503, about: { introspection: 'unreachable' } });
    issuer.answer = () => ({ active: false });
    expect((await health()).status).toBe(200);
  });
});

describe('a resource server that only verifies', () => {
  it('is down until it knows a key', async () => {
    const issuer = await StandIn.start((_, response) => void response.writeHead(500).end());
    const { health } = await started({ jwksUri: `${issuer.url}/keys.json`, keys: { cooldown: '1s' } });
    const down = { status: 'down', mode: 'none', keys: 0, keysAgeMs: null, keysReachable: false };
    expect(await health()).toEqual({ status: 503, about: down });
    issuer.answer = () => ({ keys: [key.jwk] });
    await until('it is up', async () => (await health()).status === 200);
  });
});
