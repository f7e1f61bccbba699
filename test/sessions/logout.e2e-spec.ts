import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { refresh, REFRESH_COOKIE, SESSION_COOKIE, signIn, statusOf } from '../support/sign-ins.js';
import { ADAPTERS, startTestApp, type TestApp } from '../support/test-app.js';
import { testConnection } from '../support/test-databases.js';
import { LogTrap } from '../support/log-trap.js';

describe.each(ADAPTERS)('logging out, on %s', (adapter) => {
  let app: TestApp;
  let name: string;
  let count = 0;
  beforeAll(async () => {
    app = await startTestApp({ adapter });
  });
  afterAll(() => app.close());
  beforeEach(async () => {
    name = `user-${++count}`;
    await app.users.add(name, undefined, { id: name });
  });

  const meWith = async (cookie: string) =>
    (await app.client().get('/auth/me', { headers: { cookie } })).status;

  it('ends the session, and the cookie is gone from the browser', async () => {
    const { client } = await signIn(app, 'session', name);
    const value = await client.cookie(SESSION_COOKIE);
    const { status, body, setCookies, headers } = await client.post('/auth/logout');
    expect([status, body, headers.get('cache-control')]).toEqual([204, undefined, 'no-store']);
    expect(setCookies).toEqual(['__Host-session=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict; Secure']);
    expect(await client.cookie(SESSION_COOKIE)).toBeUndefined();
    expect(await meWith(`${SESSION_COOKIE}=${value}`)).toBe(401);
  });

  it('ends the family by its cookie, access tokens included', async () => {
    const { client, body } = await signIn(app, 'hybrid', name);
    const token = await client.cookie(REFRESH_COOKIE, '/auth');
    const { status, setCookies } = await client.post('/auth/logout');
    expect(status).toBe(204);
    expect(setCookies).toEqual(['__Host-refresh=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict; Secure']);
    expect(await client.cookie(REFRESH_COOKIE, '/auth')).toBeUndefined();
    expect((await refresh(app, token)).status).toBe(401);
    expect((await app.client().get('/auth/me', { bearer: body.access_token })).body.code).toBe(
      'AUTH_ACCESS_TOKEN_REVOKED',
    );
  });

  it('ends the family by a token in the body, and by an access token', async () => {
    const one = await signIn(app, 'tokens', name);
    const json = { refresh_token: one.body.refresh_token };
    expect((await app.client().post('/auth/logout', { json })).status).toBe(204);
    expect(await statusOf(app, one.body.access_token)).toBe(401);
    const two = await signIn(app, 'tokens', name);
    const bearer = two.body.access_token;
    expect((await app.client().post('/auth/logout', { bearer })).status).toBe(204);
    expect((await refresh(app, two.body.refresh_token)).status).toBe(401);
  });

  it('ends everything that is held at once, and only that', async () => {
    const { client } = await signIn(app, 'session', name);
    const json = { identifier: name, password: 'correct horse battery', mode: 'hybrid' };
    const { body } = await client.post('/auth/login', { json });
    const elsewhere = await signIn(app, 'session', name);
    const session = await client.cookie(SESSION_COOKIE);
    expect((await client.post('/auth/logout')).status).toBe(204);
    expect(await meWith(`${SESSION_COOKIE}=${session}`)).toBe(401);
    expect(await statusOf(app, body.access_token)).toBe(401);
    const left = await client.jar.getCookies('https://127.0.0.1/auth');
    // The device stays known: it is no credential.
    expect(left.map(({ key }) => key)).toEqual(['__Host-device']);
    expect((await elsewhere.client.get('/auth/me')).status).toBe(200);
  });

  it('may be repeated, and needs no credential at all', async () => {
    const { client, body } = await signIn(app, 'tokens', name);
    const json = { refresh_token: body.refresh_token };
    for (let i = 0; i < 3; i++) expect((await client.post('/auth/logout', { json })).status).toBe(204);
    expect((await app.client().post('/auth/logout')).status).toBe(204);
    expect((await app.client().post('/auth/logout', { json: {} })).status).toBe(204);
    expect((await app.client().post('/auth/logout', { bearer: 'nonsense' })).status).toBe(204);
    expect((await app.client().post('/auth/logout', { json: { refresh_token: 'nonsense' } })).status).toBe(
      204,
    );
    const headers = { cookie: `${SESSION_COOKIE}=nonsense` };
    const answer = await app.client().post('/auth/logout', { headers });
    expect([answer.status, answer.setCookies.length]).toEqual([204, 1]);
    expect(
      app.events.filter((event) => event.type === 'sign_in_ended' && event.subject === name),
    ).toHaveLength(1);
  });

  it('outlasts a restart of the process', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'logout-'));
    const database = join(folder, 'auth.sqlite');
    const start = async () => {
      const connection = { ...testConnection('sqlite', 'l_'), database } as never;
      const started = await startTestApp({ adapter, connection });
      await started.users.add('ada');
      return started;
    };
    const before = await start();
    const [tokens, browser, kept] = [
      await signIn(before, 'tokens'),
      await signIn(before, 'session'),
      await signIn(before, 'session'),
    ];
    const headers = { cookie: `${SESSION_COOKIE}=${await browser.client.cookie(SESSION_COOKIE)}` };
    const keptHeaders = { cookie: `${SESSION_COOKIE}=${await kept.client.cookie(SESSION_COOKIE)}` };
    await before.client().post('/auth/logout', { bearer: tokens.body.access_token });
    await browser.client.post('/auth/logout');
    await before.close();
    const after = await start();
    expect(await statusOf(after, tokens.body.access_token)).toBe(401);
    expect((await refresh(after, tokens.body.refresh_token)).status).toBe(401);
    expect((await after.client().get('/auth/me', { headers })).status).toBe(401);
    expect((await after.client().get('/auth/me', { headers: keptHeaders })).status).toBe(200);
    await after.close();
    await rm(folder, { recursive: true, force: true });
  });

  it('claims nothing when the database is down', async () => {
    const log = new LogTrap();
    const broken = await startTestApp({ adapter, override: log.override });
    await broken.users.add('ada');
    const { client } = await signIn(broken, 'session');
    await broken.source.destroy();
    const { status, setCookies } = await client.post('/auth/logout');
    expect([status, setCookies]).toEqual([503, []]);
    expect((await client.get('/auth/me')).status).toBe(503);
    await broken.source.initialize();
    await broken.close();
  });

  describe('everywhere', () => {
    it('ends every sign-in and access token of the subject, and of no other subject', async () => {
      await app.users.add(`${name}-b`, undefined, { id: `${name}-b` });
      const { client } = await signIn(app, 'session', name);
      const phone = await signIn(app, 'tokens', name);
      const other = await signIn(app, 'tokens', `${name}-b`);
      const { status, setCookies } = await client.post('/auth/logout-all');
      expect(status).toBe(204);
      expect(setCookies).toEqual(['__Host-session=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict; Secure']);
      expect((await client.get('/auth/me')).status).toBe(401);
      expect(await statusOf(app, phone.body.access_token)).toBe(401);
      expect((await refresh(app, phone.body.refresh_token)).status).toBe(401);
      expect(await statusOf(app, other.body.access_token)).toBe(200);
    });

    it('but here keeps the session that asked', async () => {
      const { client } = await signIn(app, 'session', name);
      const phone = await signIn(app, 'tokens', name);
      const { status, setCookies } = await client.post('/auth/logout-all', {
        json: { except_current: true },
      });
      expect([status, setCookies]).toEqual([204, []]);
      expect((await client.get('/auth/me')).status).toBe(200);
      expect((await refresh(app, phone.body.refresh_token)).status).toBe(401);
    });

    it('but here keeps the family that asked; its access token is stale', async () => {
      const { client } = await signIn(app, 'session', name);
      const phone = await signIn(app, 'tokens', name);
      const bearer = phone.body.access_token;
      const json = { except_current: true };
      expect((await app.client().post('/auth/logout-all', { bearer, json })).status).toBe(204);
      expect((await client.get('/auth/me')).status).toBe(401);
      expect((await app.client().get('/auth/me', { bearer })).body.code).toBe('AUTH_ACCESS_TOKEN_STALE');
      const refreshed = await refresh(app, phone.body.refresh_token);
      expect(await statusOf(app, refreshed.body.access_token)).toBe(200);
    });

    it('needs a sign-in, and a well-formed body', async () => {
      const missing = await app.client().post('/auth/logout-all');
      expect([missing.status, missing.body.code]).toEqual([401, 'AUTH_CREDENTIALS_MISSING']);
      const { client } = await signIn(app, 'session', name);
      for (const json of [{ except_current: 'true' }, { except_current: 1 }, { except: true }, []]) {
        const { status, body } = await client.post('/auth/logout-all', { json });
        expect([status, body.code]).toEqual([400, 'AUTH_REQUEST_INVALID']);
      }
      expect((await client.get('/auth/me')).status).toBe(200);
    });
  });
});
