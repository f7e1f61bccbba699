/** The health of an application, as Terminus answers it over HTTP. */
import { describe, expect, it } from '@jest/globals';
import { Controller, Get } from '@nestjs/common';
import { HealthCheck, HealthCheckService, TerminusModule } from '@nestjs/terminus';
import type { RevocationOptions } from 'nestjs-aerie';
import { AuthHealthIndicator } from 'nestjs-aerie/terminus';
import { Clock } from '../../libs/auth/src/time/clock.js';
import { HandRedis } from '../support/hand-redis.js';
import { signIn, statusOf } from '../support/sign-ins.js';
import { BELOW_THE_EDGE, type Adapter, startTestApp } from '../support/test-app.js';
import { TestClock } from '../support/test-clock.js';
import { until } from '../support/until.js';
import { withoutFeed } from './feed-outage.js';

@Controller('health')
class HealthController {
  constructor(
    private readonly health: HealthCheckService,
    private readonly auth: AuthHealthIndicator,
  ) {}

  @HealthCheck()
  @Get()
  ready() {
    return this.health.check([() => this.auth.isHealthy('auth')]);
  }

  @HealthCheck()
  @Get('patient')
  patient() {
    return this.health.check([() => this.auth.isHealthy('auth', { maxLag: '1h' })]);
  }
}

async function startHealthy(adapter: Adapter, revocation: RevocationOptions = {}) {
  const clock = new TestClock();
  const app = await startTestApp({
    adapter,
    imports: [TerminusModule.forRoot({ logger: false })],
    controllers: [HealthController],
    providers: [AuthHealthIndicator],
    options: { revocation },
    override: (builder) => builder.overrideProvider(Clock).useValue(clock),
  });
  const health = async (path = '/health') => {
    const { status, body } = await app.client().get(path);
    return { status, about: body.details?.auth };
  };
  return { app, clock, health };
}

describe.each(BELOW_THE_EDGE)('health, on %s', (adapter) => {
  it('is 200 with what there is to know', async () => {
    const { app, health } = await startHealthy(adapter);
    expect(await health()).toEqual({
      status: 200,
      about: {
        status: 'up',
        mode: 'feed',
        stores: 'reachable',
        lagMs: expect.any(Number),
        entries: 0,
        overflowing: false,
        notifierConnected: null,
      },
    });
    await app.close();
  });

  it('tells whether notifications come, and does not depend on them', async () => {
    const redis = new HandRedis();
    const { app, health } = await startHealthy(adapter, { redis });
    await until('notifications', async () => (await health()).about.notifierConnected === true);
    redis.cut();
    expect(await health()).toMatchObject({ status: 200, about: { notifierConnected: false } });
    await app.close();
  });

  it('is 503 while the feed is stale, and 200 again afterwards', async () => {
    const { app, clock, health } = await startHealthy(adapter);
    await withoutFeed(app, clock, async () => {
      expect(await health()).toMatchObject({ status: 503, about: { status: 'down', stores: 'reachable' } });
      expect((await health('/health/patient')).status).toBe(200);
    });
    await until('the feed is fresh', async () => (await health()).status === 200);
    await app.close();
  });

  it('says that the database is away, and is 503 once the feed is stale', async () => {
    const { app, clock, health } = await startHealthy(adapter);
    await app.users.add('ada');
    const { body } = await signIn(app, 'tokens');
    expect(await statusOf(app, body.access_token)).toBe(200);
    await app.source.destroy();
    // As the requests that can be served without it are served.
    expect(await statusOf(app, body.access_token)).toBe(200);
    expect(await health()).toMatchObject({ status: 200, about: { status: 'up', stores: 'unreachable' } });
    clock.pass(6_000);
    const { status, about } = await health();
    expect([status, about.status, about.stores]).toEqual([503, 'down', 'unreachable']);
    expect(about.lagMs).toBeGreaterThan(6_000 - 1);
    expect(await statusOf(app, body.access_token)).toBe(503);
    await app.close();
  });

  it.each(['lookup', 'none'] as const)('is that of the stores in mode %s', async (mode) => {
    const { app, health } = await startHealthy(adapter, { mode });
    expect(await health()).toEqual({ status: 200, about: { status: 'up', mode, stores: 'reachable' } });
    await app.source.destroy();
    expect(await health()).toEqual({ status: 503, about: { status: 'down', mode, stores: 'unreachable' } });
    await app.close();
  });
});
