import { request as httpRequest } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { originTable } from '../support/origin-table.js';
import { SESSION_COOKIE, signIn, type SignedIn } from '../support/sign-ins.js';
import { ADAPTERS, ISSUER, startTestApp, type TestApp } from '../support/test-app.js';

const TRUSTED = 'https://app.example.com:8443';
const OURS = [ISSUER, TRUSTED, ISSUER.toUpperCase(), 'https://API.example.com'];
describe.each(ADAPTERS)('a session cookie that comes with an unsafe request, on %s', (adapter) => {
  let app: TestApp;
  let held: SignedIn;
  let bearer: string;
  beforeAll(async () => {
    app = await startTestApp({ adapter, options: { trustedOrigins: [TRUSTED] } });
    await app.users.add('ada');
    held = await signIn(app, 'session');
    bearer = (await signIn(app, 'tokens')).body.access_token;
  });
  afterAll(() => app.close());

  /** Unsafe, authenticated by the cookie, and repeatable: no other sign-in ends. */
  const post = (headers: Record<string, string>) =>
    held.client.delete('/auth/sign-ins/00000000-0000-0000-0000-000000000000', { headers });
  const ALLOWED = 404;

  it.each(originTable(OURS).map((one) => [one.name, one] as const))(
    'is answered as docs/sessions.md says: %s',
    async (_, { sites, origins, passes }) => {
      for (const site of sites)
        for (const origin of origins) {
          const headers = {
            ...(origin !== undefined && { origin }),
            ...(site !== undefined && { 'sec-fetch-site': site }),
          };
          const { status, body, headers: answered, setCookies } = await post(headers);
          const wanted = passes ? [404, 'AUTH_SIGN_IN_NOT_FOUND'] : [403, 'AUTH_CSRF_REJECTED'];
          expect([site, origin, status, body?.code]).toEqual([site, origin, ...wanted]);
          expect(setCookies).toEqual([]);
          expect(answered.get('cache-control')).toBe('no-store');
        }
    },
  );

  it('is judged by the browser, whatever names this server has', async () => {
    const { host } = new URL(app.url);
    const origin = `http://${host}`;
    expect((await post({ origin, 'sec-fetch-site': 'same-origin' })).status).toBe(ALLOWED);
    expect((await post({ origin })).status).toBe(403);
    expect((await post({ origin, 'sec-fetch-site': 'cross-site' })).status).toBe(403);
  });

  it('is refused on every unsafe route, and nothing has happened', async () => {
    const { client } = await signIn(app, 'session');
    const headers = { origin: 'https://evil.example' };
    for (const path of ['/auth/logout', '/auth/logout-all']) {
      const { status, setCookies } = await client.post(path, { headers });
      expect([status, setCookies]).toEqual([403, []]);
    }
    expect((await client.get('/auth/me')).status).toBe(200);
  });

  it('may be read with from anywhere: a page of another site does not see the answer', async () => {
    expect((await held.client.get('/auth/me', { headers: { origin: 'https://evil.example' } })).status).toBe(
      200,
    );
  });

  it('is not needed by a bearer token, which no other site can send', async () => {
    const headers = { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' };
    const path = '/auth/sign-ins/00000000-0000-0000-0000-000000000000';
    expect((await app.client().delete(path, { bearer, headers })).status).toBe(ALLOWED);
  });

  it('is needed at a logout beside what browsers add by themselves: the user and password of HTTP Basic', async () => {
    const { client } = await signIn(app, 'session');
    const headers = { authorization: 'Basic dTpw', origin: 'https://evil.example' };
    expect((await client.post('/auth/logout', { headers })).status).toBe(403);
    expect((await client.get('/auth/me')).status).toBe(200);
  });

  it('is judged by one Origin: two of them are refused', async () => {
    const { client } = await signIn(app, 'session');
    const cookie = `${SESSION_COOKIE}=${await client.cookie(SESSION_COOKIE)}`;
    for (const origins of [
      [ISSUER, 'https://evil.example'],
      ['https://evil.example', ISSUER],
    ]) {
      expect(await twice({ cookie, origin: origins })).toBe(403);
    }
    expect(await twice({ cookie, origin: [ISSUER] })).toBe(204);
  });

  it('is not judged by a method that a header or the query pretends', async () => {
    const path = '/auth/sign-ins?_method=GET';
    const headers = { origin: 'https://evil.example', 'x-http-method-override': 'GET' };
    expect((await held.client.post('/auth/logout-all', { headers })).status).toBe(403);
    const get = { 'x-http-method-override': 'DELETE', origin: 'https://evil.example' };
    expect((await held.client.get(path, { headers: get })).status).toBe(200);
  });

  /** With headers that fetch would join. */
  function twice(headers: Record<string, string | string[]>): Promise<number | undefined> {
    return new Promise((resolve, reject) => {
      const sent = httpRequest(`${app.url}/auth/logout`, { method: 'POST', headers });
      sent.on('response', (response) => {
        response.resume();
        resolve(response.statusCode);
      });
      sent.on('error', reject);
      sent.end();
    });
  }
});
