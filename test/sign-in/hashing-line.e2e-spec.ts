import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { request } from 'node:http';
import { PasswordHasher } from 'nestjs-aerie';
import { HashingLine } from '../../libs/auth/src/users/hashing-line.js';
import { BELOW_THE_EDGE, startTestApp, type TestApp } from '../support/test-app.js';
import { until } from '../support/until.js';

const PASSWORD = 'correct horse battery';

describe.each(BELOW_THE_EDGE)('a sign-in that finds no place, on %s', (adapter) => {
  const line = new HashingLine(1);
  let app: TestApp;
  beforeAll(async () => {
    const hasher = new PasswordHasher({ memoryKiB: 8192, passes: 1, lanes: 1, slowestHash: null }, line);
    app = await startTestApp({
      adapter,
      trustProxy: true,
      override: (builder) => builder.overrideProvider(PasswordHasher).useValue(hasher),
    });
    await app.users.add('ada');
  });
  afterAll(() => app.close());

  const login = (ip: string) =>
    app.client().post('/auth/login', {
      json: { identifier: 'ada', password: PASSWORD },
      headers: { 'x-forwarded-for': ip },
    });

  /** Takes every place of an address, until the function that it gives is called. */
  function occupied(ip: string): () => Promise<unknown> {
    let end!: () => void;
    const held = new Promise<void>((resolve) => (end = resolve));
    const hashes = [1, 2, 3].map(() => line.pass('check', { ip, userAgent: null }, () => held));
    return () => (end(), Promise.all(hashes));
  }

  it('is told so and when to try again, and neither the directory nor the tables were asked', async () => {
    const end = occupied('203.0.113.9');
    app.users.calls.length = 0;
    const { status, headers, body } = await login('203.0.113.9');
    await end();
    expect(status).toBe(503);
    expect(body).toEqual({ statusCode: 503, code: 'AUTH_PASSWORDS_BUSY', message: expect.any(String) });
    expect(headers.get('retry-after')).toBe('1');
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('set-cookie')).toBeNull();
    expect(app.users.calls).toEqual([]);
    expect((await login('203.0.113.9')).status).toBe(200);
  });

  it('is no wrong password, whatever the directory makes of it', async () => {
    const verifyPassword = app.users.verifyPassword.bind(app.users);
    app.users.verifyPassword = async (subject, password) => {
      const end = occupied('203.0.113.9');
      // Another one of its address came first meanwhile.
      const right = await verifyPassword(subject, password).catch(() => false);
      await end();
      return right;
    };
    app.events.length = 0;
    const { status, body } = await login('203.0.113.9');
    Reflect.deleteProperty(app.users, 'verifyPassword');
    expect([status, body.code]).toEqual([503, 'AUTH_PASSWORDS_BUSY']);
    expect(app.events).toEqual([]);
  });

  it('holds up no user who is signed in: step-ups have a place of their own', async () => {
    const headers = { 'x-forwarded-for': '203.0.113.9' };
    const [one, other] = [app.client(), app.client()];
    for (const client of [one, other]) {
      const json = { identifier: 'ada', password: PASSWORD, mode: 'session' };
      expect((await client.post('/auth/login', { json, headers })).status).toBe(200);
    }
    const end = occupied('203.0.113.9');
    expect((await login('203.0.113.9')).status).toBe(503);
    const json = { password: PASSWORD };
    const stepUps = [one, other].map((client) => client.post('/auth/step-up', { json, headers }));
    // While strangers still have every other place.
    for (const { status } of await Promise.all(stepUps)) expect(status).toBe(200);
    await end();
  });

  it('waits no more once its client has hung up', async () => {
    const end = occupied('203.0.113.9');
    const others = [1, 2].map(() => {
      const other = request(`${app.url}/auth/login`, {
        method: 'POST',
        agent: false,
        headers: { 'content-type': 'application/json', 'x-forwarded-for': '203.0.113.10' },
      });
      other.on('error', () => undefined);
      other.end(JSON.stringify({ identifier: 'ada', password: PASSWORD }));
      return other;
    });
    const next = { ip: '203.0.113.10', userAgent: null };
    await until('both wait', () => !line.hasRoom('check', next));
    for (const other of others) other.destroy();
    await until('their places are free', () => line.hasRoom('check', next));
    await end();
  });
});
