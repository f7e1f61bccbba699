import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { HttpClient } from '../support/http-client.js';
import { PASSWORD, SESSION_COOKIE, signIn } from '../support/sign-ins.js';
import { ADAPTERS } from '../support/test-app.js';
import { ACCESS_COOKIE, type CookieApp, startCookieApp } from './cookie-app.js';

const PATH = '/auth/access-token/revoke';
const REVOKED = { status: 401, body: { code: 'AUTH_ACCESS_TOKEN_REVOKED' } };

describe.each(ADAPTERS)('POST /auth/access-token/revoke by cookie, on %s', (adapter) => {
  let app: CookieApp;
  beforeAll(async () => {
    app = await startCookieApp(adapter);
  });
  afterAll(() => app.close());

  async function browser(identifier = 'ada'): Promise<HttpClient> {
    const client = app.client();
    const json = { identifier, password: PASSWORD, mode: 'hybrid' };
    expect((await client.post('/auth/login', { json })).status).toBe(200);
    return client;
  }

  it('ends the token, and the browser hears that a refresh helps', async () => {
    const client = await browser();
    const { status, setCookies } = await client.post(PATH);
    expect([status, setCookies]).toEqual([204, []]);
    expect(await client.get('/any')).toMatchObject(REVOKED);
    expect((await client.post(PATH)).status).toBe(204);
    expect((await client.post('/auth/refresh')).status).toBe(200);
    expect((await client.get('/any')).status).toBe(200);
  });

  it('lets no session cookie beside it decide afterwards', async () => {
    const client = await browser();
    const session = await (await signIn(app, 'session', 'eve')).client.cookie(SESSION_COOKIE);
    const cookie = `${ACCESS_COOKIE}=${await client.cookie(ACCESS_COOKIE)}; ${SESSION_COOKIE}=${session}`;
    expect((await app.client().post(PATH, { headers: { cookie } })).status).toBe(204);
    expect(await app.client().get('/any', { headers: { cookie } })).toMatchObject(REVOKED);
  });

  it('is refused to a page of another site', async () => {
    const client = await browser();
    const headers = { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' };
    expect((await client.post(PATH, { headers })).status).toBe(403);
    expect((await client.get('/any')).status).toBe(200);
  });

  it('leaves the cookie alone beside a body and beside an Authorization header', async () => {
    const client = await browser();
    const [inBody, inHeader] = [await signIn(app, 'tokens', 'eve'), await signIn(app, 'tokens', 'eve')];
    const json = { access_token: inBody.body.access_token };
    expect((await client.post(PATH, { json })).status).toBe(204);
    expect((await client.post(PATH, { bearer: inHeader.body.access_token })).status).toBe(204);
    for (const { body } of [inBody, inHeader])
      expect(await app.client().get('/any', { bearer: body.access_token })).toMatchObject(REVOKED);
    const basic = { headers: { authorization: 'Basic dTpw' } };
    expect((await client.post(PATH, basic)).status).toBe(401);
    expect((await client.get('/any')).status).toBe(200);
  });

  it('ends neither of two cookies, of which one was planted', async () => {
    const [client, other] = [await browser(), await browser('eve')];
    const values = [await client.cookie(ACCESS_COOKIE), await other.cookie(ACCESS_COOKIE)];
    const cookie = values.map((value) => `${ACCESS_COOKIE}=${value}`).join('; ');
    expect((await app.client().post(PATH, { headers: { cookie } })).status).toBe(400);
    for (const one of [client, other]) expect((await one.get('/any')).status).toBe(200);
  });
});
