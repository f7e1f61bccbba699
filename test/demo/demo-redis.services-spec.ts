/** Two processes' worth of the demo on one database and one Redis of its own. */
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import type { INestApplication } from '@nestjs/common';
import { randomBytes } from 'node:crypto';
import { DataSource } from 'typeorm';
import { createApp } from '../../src/create-app.js';
import { demoConfig } from '../../src/demo-config.js';
import { HttpClient } from '../support/http-client.js';
import { freePort } from '../support/processes.js';
import { OwnRedis } from '../support/servers/own-redis.js';
import { BELOW_THE_EDGE, SECRET } from '../support/test-app.js';
import { POSTGRES_URL } from '../support/test-databases.js';
import { until } from '../support/until.js';

// Servers start: a limit that only a hang reaches.
jest.setTimeout(60_000);

const WHO = { identifier: 'ada@example.com', password: 'correct horse battery' };

describe.each(BELOW_THE_EDGE)('the demo with REDIS_URL, on %s', (adapter) => {
  const opened: { close(): Promise<unknown> }[] = [];
  afterEach(async () => {
    for (const one of opened.splice(0).reverse()) await one.close();
  });

  const databaseOf = async (): Promise<string> => {
    const name = `aerie_demo_${randomBytes(5).toString('hex')}`;
    const server = await new DataSource({ type: 'postgres', url: POSTGRES_URL }).initialize();
    await server.query(`CREATE DATABASE ${name}`);
    opened.push({
      close: async () => {
        await server.query(`DROP DATABASE ${name}`);
        await server.destroy();
      },
    });
    return Object.assign(new URL(POSTGRES_URL), { pathname: `/${name}` }).href;
  };
  const demo = async (databaseUrl: string, redisUrl: string): Promise<string> => {
    const app: INestApplication = await createApp(
      demoConfig({
        HTTP_ADAPTER: adapter,
        DATABASE_URL: databaseUrl,
        REDIS_URL: redisUrl,
        AUTH_SECRET: SECRET,
        ISSUER: 'http://127.0.0.1',
      }),
    );
    opened.push(app);
    await app.listen(0, '127.0.0.1');
    return (await app.getUrl()).replace(/\/$/, '');
  };
  const bearerOf = async (url: string): Promise<string> => {
    const login = await new HttpClient(url).post('/auth/login', { json: { ...WHO, mode: 'tokens' } });
    return login.body.access_token as string;
  };

  it('keeps sessions in it, and tells the other process of a logout through it', async () => {
    const redis = await OwnRedis.start();
    opened.push(redis);
    const database = await databaseOf();
    const here = await demo(database, redis.url);
    const there = await demo(database, redis.url);
    const json = { email: WHO.identifier, password: WHO.password };
    expect((await new HttpClient(here).post('/users', { json })).status).toBe(201);

    const browser = new HttpClient(here);
    expect((await browser.post('/auth/login', { json: WHO })).status).toBe(200);
    expect((await browser.get('/notes')).status).toBe(200);
    await until('the session is in Redis', async () =>
      String(await redis.command('KEYS', '*aerie:session:*')).includes('aerie:session:'),
    );
    const channels = await redis.command('PUBSUB', 'CHANNELS');
    expect(channels).toEqual(['nestjs-aerie:revocations:http://127.0.0.1']);
    expect(await redis.command('PUBSUB', 'NUMSUB', String(channels))).toEqual([String(channels), 2]);

    const cookie = `__Host-session=${await browser.cookie('__Host-session')}`;
    const other = new HttpClient(there);
    expect((await other.get('/notes', { headers: { cookie } })).status).toBe(200);
    expect((await browser.post('/auth/logout')).status).toBe(204);
    await until('the other process refuses', async () => {
      const answer = await other.get('/notes', { headers: { cookie } });
      return answer.body.code === 'AUTH_SESSION_INVALID';
    });
  });

  it('starts and serves while that Redis is away', async () => {
    const url = await demo(await databaseOf(), `redis://127.0.0.1:${await freePort()}`);
    const json = { email: WHO.identifier, password: WHO.password };
    expect((await new HttpClient(url).post('/users', { json })).status).toBe(201);
    const bearer = await bearerOf(url);
    expect((await new HttpClient(url).get('/notes', { bearer })).status).toBe(200);
    expect((await new HttpClient(url).post('/auth/logout', { bearer })).status).toBe(204);
    expect((await new HttpClient(url).get('/notes', { bearer })).status).toBe(401);
  });
});
