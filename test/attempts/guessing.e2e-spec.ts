import { afterEach, describe, expect, it } from '@jest/globals';
import { ADAPTERS, startTestApp, type TestApp, type TestAppInput } from '../support/test-app.js';

const PASSWORD = 'correct horse battery';

let app: TestApp;

async function start(input: TestAppInput = {}): Promise<void> {
  const attempts = { acceptAnyForwardedAddress: true, ...input.options?.attempts };
  app = await startTestApp({ trustProxy: true, ...input, options: { ...input.options, attempts } });
  await app.users.add('ada');
  await app.users.add('bob');
}

const login = (ip: string, identifier = 'ada', password = 'wrong') =>
  app.client().post('/auth/login', { json: { identifier, password }, headers: { 'x-forwarded-for': ip } });

/** How many of so many tries were checked. */
async function admitted(tries: number, ip: (i: number) => string, identifier?: string): Promise<number> {
  let count = 0;
  for (let i = 0; i < tries; i++) if ((await login(ip(i), identifier)).status === 401) count++;
  return count;
}

describe.each(ADAPTERS)('guessing at one account from one address, on %s', (adapter) => {
  afterEach(() => app.close());
  it('is refused after ten tries in 15 minutes, with the time to wait; the right password as well', async () => {
    await start({ adapter });
    expect(await admitted(12, () => '203.0.113.7')).toBe(10);
    const { status, headers, body } = await login('203.0.113.7', 'ada', PASSWORD);
    expect(status).toBe(429);
    expect(body).toEqual({ statusCode: 429, code: 'AUTH_RATE_LIMITED', message: expect.any(String) });
    expect(headers.get('cache-control')).toBe('no-store');
    const wait = Number(headers.get('retry-after'));
    expect(wait).toBeGreaterThan(0);
    expect(wait).toBeLessThanOrEqual(900);
    expect((await login('203.0.113.8', 'ada', PASSWORD)).status).toBe(200);
    expect((await login('203.0.113.7', 'bob', PASSWORD)).status).toBe(200);
  });

  it('costs the directory nothing once it is refused', async () => {
    await start({ adapter });
    await admitted(11, () => '203.0.113.7');
    app.users.calls.length = 0;
    expect((await login('203.0.113.7')).status).toBe(429);
    expect(app.users.calls).not.toContain('verifyPassword');
  });
});
