import { afterEach, describe, expect, it } from '@jest/globals';
import { AuthAttempt } from 'nestjs-aerie/typeorm';
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
    // The time until the window ends, also where this process refuses without a query.
    expect(wait).toBeGreaterThan(840);
    expect(wait).toBeLessThanOrEqual(900);
    expect((await login('203.0.113.8', 'ada', PASSWORD)).status).toBe(200);
    expect((await login('203.0.113.7', 'bob', PASSWORD)).status).toBe(200);
  });

  it('tells of it once, with the subject or a keyed hash of the name', async () => {
    await start({ adapter });
    await admitted(14, () => '203.0.113.7');
    await admitted(14, () => '203.0.113.7', 'nobody');
    const told = app.events.filter(({ type }) => type === 'attempt_limited');
    const common = { purpose: 'sign-in', budget: 'account-and-address', ip: '203.0.113.7' };
    const identifier = expect.stringMatching(/^[0-9a-f]{32}$/);
    // Both counters of the account are used up: that of the name, and that of its subject.
    expect(told).toEqual([
      ...Array.from({ length: 2 }, () =>
        expect.objectContaining({ ...common, subject: 'user-1', identifier }),
      ),
      ...Array.from({ length: 2 }, () => expect.objectContaining({ ...common, subject: null, identifier })),
    ]);
    expect(JSON.stringify(told)).not.toMatch(/ada|nobody/);
  });

  it('answers alike for a name that no user has', async () => {
    await start({ adapter });
    expect(await admitted(12, () => '203.0.113.7', 'nobody')).toBe(10);
    const seen = async (identifier: string) => {
      const { status, body } = await login('203.0.113.7', identifier);
      return { status, body };
    };
    await admitted(12, () => '203.0.113.7');
    expect(await seen('nobody')).toEqual(await seen('ada'));
  });

  it('that could not be checked is no try', async () => {
    await start({ adapter });
    app.users.failure = new Error('away');
    for (let i = 0; i < 12; i++) expect((await login('203.0.113.7')).status).toBe(503);
    app.users.failure = undefined;
    // Away once the units were taken.
    app.users.verifyPassword = async () => {
      throw new Error('away');
    };
    for (let i = 0; i < 12; i++) expect((await login('203.0.113.7')).status).toBe(503);
    Reflect.deleteProperty(app.users, 'verifyPassword');
    expect(await admitted(12, () => '203.0.113.7')).toBe(10);
  });

  it('goes on in the memory of the process while the store is down, and is limited there', async () => {
    await start({ adapter });
    const source = app.source.getMetadata(AuthAttempt).tablePath;
    await app.source.query(`alter table "${source}" rename to away`);
    expect(await admitted(12, () => '203.0.113.7')).toBe(10);
    expect((await login('203.0.113.8', 'ada', PASSWORD)).status).toBe(200);
  });

  it('does not keep names and addresses: the table has keyed hashes', async () => {
    await start({ adapter });
    await admitted(2, () => '203.0.113.7');
    const rows = await app.source.getRepository(AuthAttempt).find();
    expect(rows.length).toBeGreaterThan(3);
    for (const { id } of rows) expect(id).toMatch(/^[0-9a-f]{32}$/);
  });

  it('by a dead refresh token is answered by 429 in the end, without a query', async () => {
    await start({ adapter });
    const { body } = await app
      .client()
      .post('/auth/login', { json: { identifier: 'ada', password: PASSWORD, mode: 'tokens' } });
    await app.authentication.endAllSignIns('user-1');
    const refresh = () => app.client().post('/auth/refresh', { json: { refresh_token: body.refresh_token } });
    const statuses: number[] = [];
    for (let i = 0; i < 102; i++) statuses.push((await refresh()).status);
    expect(statuses).toEqual([...Array.from({ length: 100 }, () => 401), 429, 429]);
  });

  it('costs the directory nothing once it is refused', async () => {
    await start({ adapter });
    await admitted(11, () => '203.0.113.7');
    app.users.calls.length = 0;
    expect((await login('203.0.113.7')).status).toBe(429);
    expect(app.users.calls).toEqual([]);
  });
});
