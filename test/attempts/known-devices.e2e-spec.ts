import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ADAPTERS, startTestApp, type TestApp } from '../support/test-app.js';

const PASSWORD = 'correct horse battery';
const DEVICE = '__Host-device';

describe.each(ADAPTERS)('a known device, on %s', (adapter) => {
  let app: TestApp;
  beforeEach(async () => {
    app = await startTestApp({
      adapter,
      trustProxy: true,
      options: { attempts: { accountAndAddress: 3, knownDevices: 5, acceptAnyForwardedAddress: true } },
    });
    await app.users.add('ada');
    await app.users.add('bob');
  });
  afterEach(() => app.close());

  const login = (client = app.client(), password = PASSWORD, identifier = 'ada', mode = 'session') =>
    client.post('/auth/login', {
      json: { identifier, password, mode },
      headers: { 'x-forwarded-for': '203.0.113.7' },
    });
  /** A client that signed in, and has signed out: the device stays known. */
  const known = async (identifier = 'ada') => {
    const client = app.client();
    expect((await login(client, PASSWORD, identifier)).status).toBe(200);
    await client.post('/auth/logout');
    return client;
  };

  it.each(['session', 'hybrid', 'tokens'])('is marked by a sign-in of mode %s', async (mode) => {
    const { headers } = await login(app.client(), PASSWORD, 'ada', mode);
    const [line] = headers.getSetCookie().filter((one) => one.startsWith(`${DEVICE}=`));
    expect(line).toMatch(
      /^__Host-device=d1_[\w-]+; Path=\/; Max-Age=15552000; HttpOnly; SameSite=Strict; Secure$/,
    );
  });

  it('is not marked again by each sign-in, nor by one that failed', async () => {
    const client = await known();
    const again = await login(client);
    expect(again.headers.getSetCookie().some((one) => one.startsWith(DEVICE))).toBe(false);
    const failed = await login(app.client(), 'wrong');
    expect(failed.headers.getSetCookie()).toEqual([]);
  });

  it('has a budget that strangers cannot use up, from the same address', async () => {
    const client = await known();
    for (let i = 0; i < 3; i++) expect((await login(app.client(), 'wrong')).status).toBe(401);
    expect((await login(app.client())).status).toBe(429);
    expect((await login(client)).status).toBe(200);
  });

  it('shares that budget with the other devices of its user, and it is used up by failures alone', async () => {
    const [one, other] = [await known(), await known()];
    for (let i = 0; i < 10; i++) expect((await login(one)).status).toBe(200);
    for (let i = 0; i < 3; i++) expect((await login(one, 'wrong')).status).toBe(401);
    for (let i = 0; i < 2; i++) expect((await login(other, 'wrong')).status).toBe(401);
    expect((await login(one)).status).toBe(429);
    expect((await login(other)).status).toBe(429);
  });

  it('is known to its user alone', async () => {
    const client = await known('bob');
    for (let i = 0; i < 3; i++) expect((await login(client, 'wrong')).status).toBe(401);
    expect((await login(client)).status).toBe(429);
  });

  it('is unknown after a change of the password, until the next sign-in', async () => {
    const client = await known();
    await app.authentication.credentialsChanged('user-1');
    for (let i = 0; i < 3; i++) expect((await login(client, 'wrong')).status).toBe(401);
    expect((await login(client)).status).toBe(429);
  });
});
