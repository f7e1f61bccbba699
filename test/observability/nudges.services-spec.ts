/** Whether notifications are heard, as health checks and metrics show it, on real servers. */
import { afterEach, describe, expect, it } from '@jest/globals';
import { AuthStatus } from 'nestjs-aerie';
import { Revocation } from 'nestjs-aerie/typeorm';
import { createHash } from 'node:crypto';
import { createClient } from 'redis';
import { CuttableProxy } from '../support/servers/cuttable-proxy.js';
import { OwnRedis } from '../support/servers/own-redis.js';
import { ISSUER, startTestApp, type TestApp } from '../support/test-app.js';
import { testConnection } from '../support/test-databases.js';
import { dropTables } from '../support/test-stores.js';
import { until } from '../support/until.js';

describe('notifierConnected', () => {
  const ending: (() => unknown)[] = [];
  afterEach(async () => {
    for (const end of ending.splice(0).reverse()) await end();
  });
  const startOnPostgres = async (notifications: boolean) => {
    const app = await startTestApp({
      connection: testConnection('postgres'),
      options: { revocation: { notifications } },
    });
    ending.push(async () => {
      await dropTables(app.source);
      await app.close();
    });
    return app;
  };
  const connected = (app: TestApp) => app.app.get(AuthStatus).feed()!.notifierConnected;

  it('is that of LISTEN on PostgreSQL: lost with its connection, and back with the next', async () => {
    const app = await startOnPostgres(true);
    await until('notifications', () => connected(app) === true);
    const { tablePath } = app.source.getMetadata(Revocation);
    const channel = `aerie_${createHash('sha256').update(tablePath).digest('hex').slice(0, 24)}`;
    const ended = await app.source.query(
      `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'nestjs-aerie revocation feed' and query like '%${channel}%'`,
    );
    expect(ended).toHaveLength(1);
    await until('no notifications', () => connected(app) === false);
    await until('notifications again', () => connected(app) === true);
  });

  it('is that of the subscriber on Redis: lost with the server, and back with it', async () => {
    const server = await OwnRedis.start();
    ending.push(() => server.close());
    const redis = createClient({ url: server.url, disableOfflineQueue: true });
    redis.on('error', () => undefined);
    await redis.connect();
    ending.push(() => redis.destroy());
    const app = await startTestApp({ options: { revocation: { redis } } });
    ending.push(() => app.close());
    await until('notifications', () => connected(app) === true);
    await server.stop();
    await until('no notifications', () => connected(app) === false);
    await server.start();
    await until('notifications again', () => connected(app) === true);
    await app.close();
    expect(connected(app)).toBe(false);
  });

  it('is noticed to be half open on Redis in seconds, and heard by a new connection', async () => {
    const server = await OwnRedis.start();
    ending.push(() => server.close());
    const proxy = await CuttableProxy.to(server.url);
    ending.push(() => proxy.close());
    const redis = createClient({ url: proxy.urlOf(server.url), disableOfflineQueue: true });
    redis.on('error', () => undefined);
    await redis.connect();
    ending.push(() => redis.destroy());
    const app = await startTestApp({ options: { revocation: { redis } } });
    ending.push(() => app.close());
    await until('notifications', () => connected(app) === true);
    proxy.lose();
    const lost = performance.now();
    await until('no notifications', () => connected(app) === false);
    // TCP alone would take minutes.
    expect(performance.now() - lost).toBeLessThan(20_000);
    await proxy.restore();
    await until('notifications again', () => connected(app) === true);
    const { notificationsReceived } = app.app.get(AuthStatus).counts;
    const direct = createClient({ url: server.url });
    await direct.connect();
    ending.push(() => direct.destroy());
    await direct.publish(`nestjs-aerie:revocations:${ISSUER}`, '');
    await until(
      'a notification',
      () => app.app.get(AuthStatus).counts.notificationsReceived > notificationsReceived,
    );
  });

  it('is unknown without notifications', async () => {
    const app = await startOnPostgres(false);
    expect(connected(app)).toBeNull();
  });
});
