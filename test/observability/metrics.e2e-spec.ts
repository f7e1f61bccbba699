/** The numbers of a running application, as an OpenTelemetry SDK collects them. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Controller, Get, UseGuards } from '@nestjs/common';
import { createCache } from 'cache-manager';
import { type AuthOptions, JwtAuthGuard, MaxStaleness, type RevocationOptions } from 'nestjs-aerie';
import { AuthMetrics } from 'nestjs-aerie/opentelemetry';
import { AuthCounters } from '../../libs/auth/src/audit/auth-counters.js';
import { Clock } from '../../libs/auth/src/time/clock.js';
import { HandRedis } from '../support/hand-redis.js';
import { MetricReadings } from '../support/metric-readings.js';
import { secretsIn } from '../support/secret-shapes.js';
import { PASSWORD, refresh, refreshed, signIn, statusOf } from '../support/sign-ins.js';
import { BELOW_THE_EDGE, type Adapter, startTestApp, type TestApp } from '../support/test-app.js';
import { TestClock } from '../support/test-clock.js';
import { SECOND, timePasses } from '../support/time-passes.js';
import { until } from '../support/until.js';
import { freshAgain, withoutFeed } from './feed-outage.js';

@Controller()
class PayoutController {
  @MaxStaleness('0s')
  @UseGuards(JwtAuthGuard)
  @Get('payout')
  payout() {
    return {};
  }
}

async function startMeasured(
  adapter: Adapter,
  clock: TestClock,
  revocation: RevocationOptions = {},
  options: Partial<AuthOptions> = {},
) {
  const app = await startTestApp({
    adapter,
    controllers: [PayoutController],
    providers: [AuthMetrics],
    options: { ...options, revocation },
    override: (builder) => builder.overrideProvider(Clock).useValue(clock),
  });
  await app.users.add('ada');
  return app;
}

describe.each(BELOW_THE_EDGE)('metrics, on %s', (adapter) => {
  const clock = new TestClock();
  const redis = new HandRedis();
  let shown: MetricReadings;
  let app: TestApp;
  beforeAll(async () => {
    shown = new MetricReadings();
    app = await startMeasured(adapter, clock, { redis });
  });
  afterAll(async () => {
    await app.close();
    await shown.close();
  });
  const event = (type: string, work: () => Promise<unknown>) =>
    shown.growth(work, 'aerie.security.events', type);

  it('tell a session that was read from one that was cached', async () => {
    const { client } = await signIn(app, 'session');
    const me = async () => expect((await client.get('/auth/me')).status).toBe(200);
    expect(await shown.growth(me, 'aerie.sessions.near_cache.misses')).toBe(1);
    expect(await shown.growth(me, 'aerie.sessions.near_cache.misses')).toBe(0);
    expect(await shown.growth(me, 'aerie.sessions.near_cache.hits')).toBe(1);
    expect(await shown.of('aerie.sessions.cached')).toBeGreaterThan(0);
  });

  it('count what the table is asked about access tokens', async () => {
    const { body } = await signIn(app, 'tokens');
    const ask = (path: string) => async () =>
      expect((await app.client().get(path, { bearer: body.access_token })).status).toBe(200);
    expect(await shown.growth(ask('/payout'), 'aerie.revocation.lookups')).toBe(1);
    expect(await shown.growth(ask('/auth/me'), 'aerie.revocation.lookups')).toBe(0);
  });

  it('count rotations, replays and reuse, and everything else that is recorded', async () => {
    const { body } = await signIn(app, 'tokens');
    const again = () => refreshed(app, body.refresh_token);
    expect(await event('token_rotated', again)).toBe(1);
    expect(await event('token_replayed', again)).toBe(1);
    await timePasses(app, 31 * SECOND);
    const theft = () => refresh(app, body.refresh_token, { 'user-agent': 'thief/1' });
    expect(await event('reuse_detected', theft)).toBe(1);
    const wrong = { json: { identifier: 'ada', password: 'not her password' } };
    expect(await event('sign_in_refused', () => app.client().post('/auth/login', wrong))).toBe(1);
    expect(await event('signed_in', () => signIn(app, 'session'))).toBe(1);
  });

  it('show the feed: its lag, its entries, its polls', async () => {
    const { client } = await signIn(app, 'session');
    const end = () => client.post('/auth/logout');
    expect(await shown.growth(end, 'aerie.revocation.notifications', 'sent')).toBe(1);
    await until('the revocation is known', async () => (await shown.of('aerie.revocation.entries'))! > 0);
    expect(await shown.of('aerie.revocation.feed.lag')).toBeLessThan(5);
    expect(await shown.of('aerie.revocation.feed.overflow')).toBe(0);
    const polls = await shown.of('aerie.revocation.polls', 'success');
    await until('a poll', async () => (await shown.of('aerie.revocation.polls', 'success'))! > polls!);
  });

  it('count notifications, measure how long they take to be followed, and show whether they come', async () => {
    const counted = async () => [
      await shown.of('aerie.revocation.notifications', 'received'),
      await shown.of('aerie.revocation.notification.duration'),
    ];
    const before = await counted();
    await (await signIn(app, 'session')).client.post('/auth/logout');
    await until('a notification that was followed', async () =>
      (await counted()).every((count, i) => count! > before[i]!),
    );
    expect(await shown.of('aerie.revocation.notifier.connected')).toBe(1);
    redis.cut();
    expect(await shown.of('aerie.revocation.notifier.connected')).toBe(0);
    redis.mend();
    expect(await shown.of('aerie.revocation.notifier.connected')).toBe(1);
  });

  it('hold nothing of a person, and nothing secret: every attribute is of a closed set', async () => {
    await app.users.add('evelyn@example.com', PASSWORD, { id: 'person-77' });
    const headers = { 'user-agent': 'agent-of-evelyn/9' };
    const { body, id } = await signIn(app, 'tokens', 'evelyn@example.com', headers);
    await app.authentication.endSignIn('person-77', id);
    await refresh(app, body.refresh_token, headers);
    const readings = await shown.all();
    expect(readings.length).toBeGreaterThan(20);
    const text = JSON.stringify(readings);
    for (const told of [
      'evelyn',
      'person-77',
      'agent-of',
      '127.0.0.1',
      id,
      body.access_token,
      body.refresh_token,
    ])
      expect(text).not.toContain(told);
    expect(secretsIn(text)).toEqual([]);
    const attributes = new Map<string, Set<unknown>>();
    for (const reading of readings)
      for (const [key, value] of Object.entries(reading.attributes))
        attributes.set(key, (attributes.get(key) ?? new Set()).add(value));
    expect(new Map([...attributes].map(([key, values]) => [key, [...values].sort()]))).toEqual(
      new Map([
        ['aerie.event.type', Object.keys(new AuthCounters().events).sort()],
        ['aerie.fallback.action', ['allow', 'lookup', 'refuse']],
        ['aerie.notification.direction', ['received', 'sent']],
        ['aerie.poll.outcome', ['failure', 'success']],
        ['aerie.cache.outcome', ['hit', 'miss']],
      ]),
    );
  });

  it('end with the application', async () => {
    const other = new TestClock();
    const short = await startMeasured(adapter, other);
    await short.close();
    // The other application still shows its own: a former one must not speak over it.
    const { client } = await signIn(app, 'session');
    const me = () => client.get('/auth/me');
    expect(await shown.growth(me, 'aerie.sessions.near_cache.misses')).toBe(1);
  });
});

describe.each(BELOW_THE_EDGE)('metrics of a feed that is stale, on %s', (adapter) => {
  let shown: MetricReadings;
  beforeEach(() => void (shown = new MetricReadings()));
  afterEach(() => shown.close());

  it.each([
    ['refuse', 503],
    ['lookup', 200],
    ['allow', 200],
  ] as const)('count what was done instead: %s', async (onUnavailable, status) => {
    const clock = new TestClock();
    const app = await startMeasured(adapter, clock, { onUnavailable });
    const { body } = await signIn(app, 'tokens');
    const ask = async () => expect(await statusOf(app, body.access_token)).toBe(status);
    const lookups = await shown.of('aerie.revocation.lookups');
    await withoutFeed(app, clock, async () => {
      expect(await shown.growth(ask, 'aerie.revocation.fallbacks', onUnavailable)).toBe(1);
      expect(await shown.of('aerie.revocation.feed.lag')).toBeGreaterThan(5);
      expect(await shown.of('aerie.revocation.polls', 'failure')).toBeGreaterThan(0);
    });
    expect((await shown.of('aerie.revocation.lookups'))! - lookups!).toBe(onUnavailable === 'lookup' ? 1 : 0);
    await freshAgain(() => shown.of('aerie.revocation.feed.lag'));
    const served = async () => expect(await statusOf(app, body.access_token)).toBe(200);
    expect(await shown.growth(served, 'aerie.revocation.fallbacks', onUnavailable)).toBe(0);
    await app.close();
  });

  it('show no feed where there is none', async () => {
    const app = await startMeasured(adapter, new TestClock(), { mode: 'lookup' });
    const { body } = await signIn(app, 'tokens');
    expect(await shown.growth(() => statusOf(app, body.access_token), 'aerie.revocation.lookups')).toBe(1);
    const names = new Set((await shown.all()).map(({ name }) => name));
    for (const absent of ['feed.lag', 'feed.overflow', 'entries', 'notifications.connected'])
      expect(names).not.toContain(`aerie.revocation.${absent}`);
    await app.close();
  });

  it('count what the cache of the application had, had not, and failed to say', async () => {
    const cache = createCache();
    const app = await startMeasured(adapter, new TestClock(), { mode: 'lookup' }, { cache });
    const { body } = await signIn(app, 'tokens');
    const ask = async () => expect(await statusOf(app, body.access_token)).toBe(200);
    // The clock of the database is not known before the table was read.
    await ask();
    expect(await shown.growth(ask, 'aerie.cache.reads', 'hit')).toBe(1);
    expect(await shown.growth(ask, 'aerie.revocation.lookups')).toBe(0);
    await cache.clear();
    expect(await shown.growth(ask, 'aerie.cache.reads', 'miss')).toBe(1);
    cache.get = () => Promise.reject(new Error('away'));
    expect(await shown.growth(ask, 'aerie.cache.failures')).toBe(1);
    await app.close();
  });
});
