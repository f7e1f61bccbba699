import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, request, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { AuthStatus } from 'nestjs-aerie';
import { ADAPTERS, type Adapter, startTestApp, type TestApp } from '../support/test-app.js';

const PASSWORD = 'correct horse battery';
const FEW = { accountAndAddress: 2, address: 3 };

/** What the framework is told of proxies. */
const trusting = (adapter: Adapter, value: unknown) =>
  adapter === 'fastify'
    ? { fastify: { trustProxy: value } }
    : { configure: (app: unknown) => void (app as NestExpressApplication).set('trust proxy', value) };

describe.each(ADAPTERS)('behind a proxy, on %s', (adapter) => {
  let app: TestApp;
  afterEach(() => app?.close());

  const login = (headers: Record<string, string>, password = PASSWORD) =>
    app.client().post('/auth/login', { json: { identifier: 'ada', password }, headers });

  it.each(['x-forwarded-for', 'forwarded', 'x-real-ip', 'x-forwarded-proto'])(
    'that is not trusted nobody is locked out, and health says so (%s)',
    async (header) => {
      app = await startTestApp({ adapter, options: { attempts: FEW } });
      await app.users.add('ada');
      const status = app.app.get(AuthStatus);
      expect((await status.health(null)).details).not.toHaveProperty('degraded');
      for (let i = 0; i < 20; i++)
        expect((await login({ [header]: `203.0.113.${i}` }, 'wrong')).status).toBe(401);
      expect((await login({ [header]: '203.0.113.99' })).status).toBe(200);
      const { isUp, details } = await status.health(null);
      expect([isUp, details['degraded']]).toEqual([true, expect.stringContaining('not trusted')]);
    },
  );

  it('that comes by a Unix socket health says so, too', async () => {
    app = await startTestApp({ adapter, options: { attempts: FEW } });
    await app.users.add('ada');
    const status = app.app.get(AuthStatus);
    const folder = mkdtempSync(join(tmpdir(), 'proxy-'));
    const socketPath = join(folder, 'app.sock');
    const behind = app.app.getHttpServer() as Server;
    const server = createServer((...exchange) => void behind.emit('request', ...exchange));
    await new Promise<void>((resolve) => server.listen(socketPath, resolve));
    const loginBySocket = (headers: Record<string, string>) =>
      new Promise<number>((resolve, reject) => {
        const sent = request({
          socketPath,
          path: '/auth/login',
          method: 'POST',
          headers: { 'content-type': 'application/json', ...headers },
        });
        sent.on('response', (answer) => resolve(answer.resume().statusCode!)).on('error', reject);
        sent.end(JSON.stringify({ identifier: 'ada', password: 'wrong' }));
      });
    expect(await loginBySocket({})).toBe(401);
    expect((await status.health(null)).details).not.toHaveProperty('degraded');
    for (let i = 0; i < 5; i++) expect(await loginBySocket({ 'x-forwarded-for': '203.0.113.7' })).toBe(401);
    expect((await status.health(null)).details['degraded']).toContain('not trusted');
    await new Promise((resolve) => server.close(resolve).closeAllConnections());
    rmSync(folder, { recursive: true });
  });

  it('that is trusted each client has its own address', async () => {
    app = await startTestApp({ adapter, ...trusting(adapter, 'loopback'), options: { attempts: FEW } });
    await app.users.add('ada');
    const from = (ip: string, password?: string) => login({ 'x-forwarded-for': ip }, password);
    for (let i = 0; i < 2; i++) expect((await from('203.0.113.7', 'wrong')).status).toBe(401);
    expect((await from('203.0.113.7')).status).toBe(429);
    expect((await from('203.0.113.8')).status).toBe(200);
    expect((await app.app.get(AuthStatus).health(null)).details).not.toHaveProperty('degraded');
  });

  it('does not start while every proxy is trusted, unless that is meant', async () => {
    const every = trusting(adapter, true);
    await expect(startTestApp({ adapter, ...every, options: { attempts: {} } })).rejects.toMatchObject({
      code: 'AUTH_CONFIG_INVALID',
      message: expect.stringContaining('attempts.acceptAnyForwardedAddress'),
    });
    const accepted = { attempts: { acceptAnyForwardedAddress: true } };
    app = await startTestApp({ adapter, ...every, options: accepted });
    await app.close();
    const byFunction = trusting(adapter, () => true);
    await expect(startTestApp({ adapter, ...byFunction, options: { attempts: {} } })).rejects.toMatchObject({
      code: 'AUTH_CONFIG_INVALID',
    });
    const own = (address: string) => address.startsWith('10.');
    for (const value of [1, '10.0.0.0/8', own, false])
      await (await startTestApp({ adapter, ...trusting(adapter, value), options: { attempts: {} } })).close();
  });
});
