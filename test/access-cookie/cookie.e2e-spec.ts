import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { SignInMode } from 'nestjs-aerie';
import { cookieOf, tokenOf } from '../nest-integration/credentials.js';
import type { HttpClient } from '../support/http-client.js';
import { PASSWORD, REFRESH_COOKIE, SESSION_COOKIE } from '../support/sign-ins.js';
import { ADAPTERS, ISSUER, startTestApp } from '../support/test-app.js';
import { MINUTE } from '../support/time-passes.js';
import { ACCESS_COOKIE, type CookieApp, startCookieApp } from './cookie-app.js';

const DAY_S = 24 * 60 * 60;

/** The names of the cookies of a sign-in that an answer sets: the device's is none. */
const namesOf = (setCookies: readonly string[]) =>
  setCookies.map((line) => line.split('=')[0]).filter((name) => name !== '__Host-device');

describe.each(ADAPTERS)('an access token in a cookie, on %s', (adapter) => {
  let app: CookieApp;
  beforeAll(async () => {
    app = await startCookieApp(adapter);
  });
  afterAll(() => app.close());

  const login = (client: HttpClient, mode: SignInMode = 'hybrid', identifier = 'ada') =>
    client.post('/auth/login', { json: { identifier, password: PASSWORD, mode } });
  async function signedIn(mode: SignInMode = 'hybrid', identifier = 'ada'): Promise<HttpClient> {
    const client = app.client();
    expect((await login(client, mode, identifier)).status).toBe(200);
    return client;
  }
  const holding = (cookie: string) => ({ headers: { cookie } });

  it('is set by a login, and no token is in the body', async () => {
    const client = app.client();
    const { body, setCookies, headers } = await login(client);
    expect(Object.keys(body).sort()).toEqual(['expires_in', 'refresh_expires_in', 'user']);
    const access = setCookies.find((line) => line.startsWith(`${ACCESS_COOKIE}=`))!;
    expect(access.split('; ').slice(1).sort()).toEqual(
      ['HttpOnly', `Max-Age=${body.refresh_expires_in}`, 'Path=/', 'SameSite=Strict', 'Secure'].sort(),
    );
    expect(body.refresh_expires_in).toBeGreaterThan(13 * DAY_S);
    expect(body.expires_in).toBeLessThanOrEqual(15 * 60);
    expect(headers.get('cache-control')).toBe('no-store');
    expect(await client.cookie(REFRESH_COOKIE)).toMatch(/^rt1_/);
  });

  it('is the credential of every guard that takes access tokens', async () => {
    const client = await signedIn();
    for (const path of ['/any', '/token', '/chain', '/optional'])
      expect(await client.get(path)).toMatchObject({ status: 200, body: { id: 'user-1' } });
    const refused = await client.get('/session');
    expect(refused).toMatchObject({ status: 401, body: { code: 'AUTH_CREDENTIALS_MISSING' } });
    expect(refused.body.message).toContain('the cookie of an access token was sent');
    expect((await client.get('/auth/me')).body.user.id).toBe('user-1');
  });

  it('is asked for by the message of a refusal', async () => {
    const { body } = await app.client().get('/token');
    expect(body.message).toContain('an access token (Authorization: Bearer, or its cookie) is needed');
  });

  it('says that it has expired, and a refresh sets a new one', async () => {
    const client = await signedIn();
    const first = await client.cookie(ACCESS_COOKIE);
    app.clock.pass(16 * MINUTE);
    expect(await client.get('/any')).toMatchObject({
      status: 401,
      body: { code: 'AUTH_ACCESS_TOKEN_EXPIRED' },
    });
    const { status, body } = await client.post('/auth/refresh');
    expect([status, Object.keys(body).sort()]).toEqual([200, ['expires_in', 'refresh_expires_in', 'user']]);
    expect(await client.cookie(ACCESS_COOKIE)).not.toBe(first);
    expect((await client.get('/any')).status).toBe(200);
  });

  it('is checked for revocation as any access token is', async () => {
    const client = await signedIn();
    await app.authentication.endAllSignIns('user-1');
    expect(await client.get('/any')).toMatchObject({
      status: 401,
      body: { code: 'AUTH_ACCESS_TOKEN_REVOKED' },
    });
    const changed = await signedIn();
    await app.authentication.rolesChanged('user-1');
    expect(await changed.get('/any')).toMatchObject({ body: { code: 'AUTH_ACCESS_TOKEN_STALE' } });
    await changed.post('/auth/refresh');
    expect((await changed.get('/any')).status).toBe(200);
  });

  it.each(['/auth/logout', '/auth/logout-all'])('is removed by %s, and its sign-in ends', async (path) => {
    const client = await signedIn();
    const copy = `${ACCESS_COOKIE}=${await client.cookie(ACCESS_COOKIE)}`;
    expect((await client.post(path)).status).toBe(204);
    expect(await client.cookie(ACCESS_COOKIE)).toBeUndefined();
    expect(await client.cookie(REFRESH_COOKIE)).toBeUndefined();
    expect(await app.client().get('/any', holding(copy))).toMatchObject({ status: 401 });
  });

  it('alone is enough for a logout to end its sign-in, when its time has passed too', async () => {
    const client = await signedIn();
    const copy = `${ACCESS_COOKIE}=${await client.cookie(ACCESS_COOKIE)}`;
    app.clock.pass(16 * MINUTE);
    const evil = { headers: { cookie: copy, origin: 'https://evil.example' } };
    expect((await app.client().post('/auth/logout', evil)).status).toBe(403);
    expect((await client.post('/auth/refresh')).status).toBe(200);
    expect((await app.client().post('/auth/logout', holding(copy))).status).toBe(204);
    expect((await client.post('/auth/refresh')).status).toBe(401);
  });

  it('is left alone by the mode tokens, whose tokens are in the body', async () => {
    const { body, setCookies } = await login(app.client(), 'tokens');
    expect(namesOf(setCookies)).toEqual([]);
    expect(body).toMatchObject({ access_token: expect.any(String), refresh_token: expect.any(String) });
    const refreshed = await app
      .client()
      .post('/auth/refresh', { json: { refresh_token: body.refresh_token } });
    expect(refreshed.setCookies).toEqual([]);
    expect(refreshed.body.access_token).toEqual(expect.any(String));
  });

  describe('beside a session', () => {
    it('takes its place at a sign-in: the session ends, and its cookie goes', async () => {
      const client = await signedIn('session');
      const session = `${SESSION_COOKIE}=${await client.cookie(SESSION_COOKIE)}`;
      await login(client, 'hybrid', 'eve');
      expect(await client.cookie(SESSION_COOKIE)).toBeUndefined();
      expect((await client.get('/any')).body).toEqual({ id: 'user-2' });
      expect((await app.client().get('/session', holding(session))).status).toBe(401);
    });

    it('gives its place to a session: the family ends, and both of its cookies go', async () => {
      const client = await signedIn();
      const refresh = `${REFRESH_COOKIE}=${await client.cookie(REFRESH_COOKIE)}`;
      await login(client, 'session', 'eve');
      expect(await client.cookie(ACCESS_COOKIE)).toBeUndefined();
      expect(await client.cookie(REFRESH_COOKIE)).toBeUndefined();
      expect((await client.get('/any')).body).toEqual({ id: 'user-2' });
      expect((await app.client().post('/auth/refresh', holding(refresh))).status).toBe(401);
    });

    it('decides, when a session cookie was planted beside it, and when its own time has passed', async () => {
      const client = await signedIn();
      const planted = await cookieOf(app, 'user-2');
      const both = holding(`${planted}; ${ACCESS_COOKIE}=${await client.cookie(ACCESS_COOKIE)}`);
      expect((await app.client().get('/any', both)).body).toEqual({ id: 'user-1' });
      app.clock.pass(16 * MINUTE);
      expect((await app.client().get('/any', both)).body).toMatchObject({
        code: 'AUTH_ACCESS_TOKEN_EXPIRED',
      });
    });
  });

  it('is not looked at beside an Authorization header', async () => {
    const client = await signedIn();
    const bearer = await tokenOf(app, 'user-2');
    expect((await client.get('/any', { bearer })).body).toEqual({ id: 'user-2' });
    expect((await client.get('/any', { bearer: 'x' })).body.code).toBe('AUTH_ACCESS_TOKEN_INVALID');
    const basic = await client.get('/any', { headers: { authorization: 'Basic YTpi' } });
    expect(basic.body.code).toBe('AUTH_CREDENTIALS_MISSING');
  });

  it('has the origin of unsafe requests checked, as a session has', async () => {
    const client = await signedIn();
    const post = (headers: Record<string, string>) => client.post('/any', { headers });
    for (const headers of [
      { origin: 'https://evil.example' },
      { origin: 'null' },
      { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
    ] as Record<string, string>[])
      expect(await post(headers)).toMatchObject({ status: 403, body: { code: 'AUTH_CSRF_REJECTED' } });
    expect((await post({ origin: ISSUER })).status).toBe(201);
    expect((await post({})).status).toBe(201);
    expect((await client.get('/any', { headers: { origin: 'https://evil.example' } })).status).toBe(200);
    // The same for one that no cache knows yet.
    const fresh = await signedIn();
    expect((await fresh.post('/any', { headers: { origin: 'https://evil.example' } })).status).toBe(403);
  });

  it('is refused when two of the name came', async () => {
    const client = await signedIn();
    const own = `${ACCESS_COOKIE}=${await client.cookie(ACCESS_COOKIE)}`;
    const two = await app.client().get('/any', holding(`${own}; ${ACCESS_COOKIE}=x`));
    expect(two).toMatchObject({ status: 400, body: { code: 'AUTH_REQUEST_INVALID' } });
    expect((await app.client().post('/auth/logout', holding(`${ACCESS_COOKIE}=x; ${own}`))).status).toBe(204);
    expect((await client.post('/auth/refresh')).status).toBe(401);
  });

  it('is no place for any other credential', async () => {
    const client = await signedIn();
    const { body } = await login(app.client(), 'tokens');
    const session = (await cookieOf(app, 'user-1')).split('=')[1]!;
    for (const value of [
      body.refresh_token,
      session,
      '',
      'x',
      `${body.access_token}x`,
      `Bearer ${body.access_token}`,
      `"${body.access_token}"`,
    ]) {
      const answer = await app.client().get('/any', holding(`${ACCESS_COOKIE}=${value}`));
      expect(answer).toMatchObject({ status: 401, body: { code: 'AUTH_ACCESS_TOKEN_INVALID' } });
    }
    for (const name of ['__host-access', '__Host-Access', 'access', '__Host-access2', 'x__Host-access'])
      expect(
        await app.client().get('/any', holding(`${name}=${await client.cookie(ACCESS_COOKIE)}`)),
      ).toMatchObject({ status: 401, body: { code: 'AUTH_CREDENTIALS_MISSING' } });
  });

  it('signs nobody in where signing in is optional and it is no longer good', async () => {
    const client = await signedIn();
    expect((await client.get('/optional')).headers.get('vary')).toMatch(/cookie/i);
    app.clock.pass(16 * MINUTE);
    expect(await client.get('/optional')).toMatchObject({ status: 200, body: { id: null } });
    const forged = await app.client().get('/optional', holding(`${ACCESS_COOKIE}=x`));
    expect(forged).toMatchObject({ status: 200, body: { id: null } });
    expect((await app.client().get('/optional', { bearer: 'x' })).status).toBe(401);
  });
});

describe.each(ADAPTERS)('without accessTokens.cookie, on %s', (adapter) => {
  it('a cookie of that name is nothing of ours', async () => {
    const app = await startTestApp({ adapter });
    await app.users.add('ada');
    const cookie = `${ACCESS_COOKIE}=${await tokenOf(app, 'user-1')}`;
    expect((await app.client().get('/auth/me', { headers: { cookie } })).status).toBe(401);
    const out = await app.client().post('/auth/logout', { headers: { cookie } });
    expect([out.status, out.setCookies]).toEqual([204, []]);
    const json = { identifier: 'ada', password: PASSWORD, mode: 'hybrid' };
    const { body, setCookies } = await app.client().post('/auth/login', { json, headers: { cookie } });
    expect(body.access_token).toEqual(expect.any(String));
    expect(namesOf(setCookies)).toEqual([REFRESH_COOKIE]);
    await app.close();
  });
});
