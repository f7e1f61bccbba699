import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Module } from '@nestjs/common';
import { RouterModule } from '@nestjs/core';
import { AuthModule } from 'nestjs-aerie';
import { PASSWORD, REFRESH_COOKIE, signIn } from '../support/sign-ins.js';
import { ADAPTERS, startTestApp, type TestApp, type TestAppInput } from '../support/test-app.js';

const FORMER = '__Secure-refresh';
const login = { json: { identifier: 'ada', password: PASSWORD, mode: 'hybrid' } };

@Module({ imports: [RouterModule.register([{ path: 'outer', module: AuthModule }])] })
class RoutedModule {}

describe.each(ADAPTERS)('the refresh cookie, on %s', (adapter) => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startTestApp({ adapter });
    await app.users.add('ada');
  });
  afterAll(() => app.close());

  it('has a name that no other host can set, and one planted under the former name changes nothing', async () => {
    const { client } = await signIn(app, 'hybrid');
    const genuine = await client.cookie(REFRESH_COOKIE);
    const headers = { cookie: `${FORMER}=planted; ${REFRESH_COOKIE}=${genuine}` };
    const { status, setCookies } = await app.client().post('/auth/refresh', { headers });
    expect(status).toBe(200);
    expect(setCookies).toEqual([
      `${FORMER}=; Max-Age=0; HttpOnly; SameSite=Strict; Secure`,
      expect.stringMatching(
        /^__Host-refresh=rt1_[\w-]+; Path=\/; Max-Age=\d+; HttpOnly; SameSite=Strict; Secure$/,
      ),
    ]);
  });

  it('of the former name is never read', async () => {
    const { client, id } = await signIn(app, 'hybrid');
    const genuine = await client.cookie(REFRESH_COOKIE);
    const headers = { cookie: `${FORMER}=${genuine}` };
    const refused = await app.client().post('/auth/refresh', { headers });
    expect([refused.status, refused.body.code, refused.setCookies]).toEqual([
      401,
      'AUTH_CREDENTIALS_MISSING',
      [],
    ]);
    expect((await app.client().post('/auth/logout', { headers })).status).toBe(204);
    const { status, body } = await client.get('/auth/sign-ins', { bearer: await accessTokenOf(client) });
    expect(status).toBe(200);
    expect(body).toContainEqual(expect.objectContaining({ id }));
  });

  it.each([
    ['a login', '/auth/login', login],
    ['a logout', '/auth/logout', {}],
  ])('of the former name is gone after %s', async (_what, path, input) => {
    const client = app.client();
    await client.jar.setCookie(`${FORMER}=old; Path=/auth; Secure`, 'https://127.0.0.1/');
    expect(await client.cookie(FORMER, '/auth/refresh')).toBe('old');
    const { setCookies } = await client.post(path, input);
    expect(setCookies[0]).toBe(`${FORMER}=; Max-Age=0; HttpOnly; SameSite=Strict; Secure`);
    expect(await client.cookie(FORMER, '/auth/refresh')).toBeUndefined();
  });

  it.each<[string, string, TestAppInput]>([
    ['a global prefix', '/api/auth', { configure: (nest) => nest.setGlobalPrefix('api') }],
    ['a prefix with a parameter', '/t1/auth', { configure: (nest) => nest.setGlobalPrefix(':tenant') }],
    ['RouterModule', '/outer/auth', { imports: [RoutedModule] }],
  ])('comes back to the routes under %s', async (_what, base, input) => {
    const moved = await startTestApp({ adapter, ...input });
    try {
      await moved.users.add('ada');
      const client = moved.client();
      expect((await client.post(`${base}/login`, login)).status).toBe(200);
      expect((await client.post(`${base}/refresh`)).status).toBe(200);
      expect((await client.post(`${base}/logout`)).status).toBe(204);
      expect(await client.cookie(REFRESH_COOKIE)).toBeUndefined();
    } finally {
      await moved.close();
    }
  });

  it('of a narrower path has another name, and goes there alone', async () => {
    const narrow = await startTestApp({ adapter, options: { cookies: { refresh: { path: '/auth' } } } });
    try {
      await narrow.users.add('ada');
      const client = narrow.client();
      const { setCookies } = await client.post('/auth/login', login);
      expect(setCookies[0]).toMatch(/^__Secure-refresh=rt1_[\w-]+; Path=\/auth; /);
      expect(await client.cookie(FORMER, '/auth/refresh')).toBeDefined();
      for (const path of ['/', '/authority', '/notes'])
        expect(await client.cookie(FORMER, path)).toBeUndefined();
      expect((await client.post('/auth/refresh')).status).toBe(200);
      await client.post('/auth/logout');
      expect(await client.cookie(FORMER, '/auth/refresh')).toBeUndefined();
    } finally {
      await narrow.close();
    }
  });

  const accessTokenOf = async (client: ReturnType<TestApp['client']>) =>
    (await client.post('/auth/refresh')).body.access_token as string;
});
