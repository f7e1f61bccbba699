import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Session } from 'nestjs-aerie/typeorm';
import { PASSWORD, refresh, REFRESH_COOKIE, SESSION_COOKIE, signIn } from '../support/sign-ins.js';
import { StatementLog } from '../support/statement-log.js';
import { ADAPTERS, startTestApp, type TestApp } from '../support/test-app.js';

describe.each(ADAPTERS)('the session cookie, on %s', (adapter) => {
  const log = new StatementLog();
  let app: TestApp;
  beforeAll(async () => {
    app = await startTestApp({ adapter, connection: log.connection() });
    await app.users.add('ada');
    await app.users.add('bob', undefined, { id: 'bob' });
  });
  afterAll(() => app.close());

  const me = (value: string) =>
    app.client().get('/auth/me', { headers: { cookie: `${SESSION_COOKIE}=${value}` } });
  const cookieOf = async (identifier = 'ada') =>
    (await (await signIn(app, 'session', identifier)).client.cookie(SESSION_COOKIE))!;

  it('has every attribute that keeps it from scripts, from plain HTTP and from other sites', async () => {
    const json = { identifier: 'ada', password: PASSWORD };
    const { setCookies } = await app.client().post('/auth/login', { json });
    expect(setCookies).toEqual([
      expect.stringMatching(
        /^__Host-session=s2_[\w-]{86}; Path=\/; Max-Age=43(?:200|199); HttpOnly; SameSite=Strict; Secure$/,
      ),
      expect.stringMatching(
        /^__Host-device=d1_[\w-]+; Path=\/; Max-Age=15552000; HttpOnly; SameSite=Strict; Secure$/,
      ),
    ]);
  });

  it('is new each time, and as long as its entropy asks for', async () => {
    const values = new Set<string>();
    const secrets = new Set<string>();
    for (let i = 0; i < 10; i++) {
      const value = await cookieOf();
      expect(value).toMatch(/^s2_[\w-]{86}$/);
      values.add(value);
      secrets.add(Buffer.from(value.slice(3), 'base64url').subarray(16, 48).toString('hex'));
    }
    expect(values.size).toBe(10);
    expect(secrets.size).toBe(10);
  });

  it('fixed before sign-in is worthless after it', async () => {
    const planted = `s2_${randomBytes(64).toString('base64url')}`;
    const headers = { cookie: `${SESSION_COOKIE}=${planted}` };
    const json = { identifier: 'ada', password: PASSWORD };
    const { status, setCookies } = await app.client().post('/auth/login', { json, headers });
    expect(status).toBe(200);
    expect(setCookies[0]).not.toContain(planted);
    const ids = setCookies[0]!.slice(`${SESSION_COOKIE}=s2_`.length).slice(0, 21);
    expect(ids).not.toBe(planted.slice(3, 24));
    expect((await me(planted)).status).toBe(401);
  });

  it('of the attacker, planted in a browser, does not become that of the victim', async () => {
    const attacker = await cookieOf('bob');
    const headers = { cookie: `${SESSION_COOKIE}=${attacker}` };
    const json = { identifier: 'ada', password: PASSWORD };
    await app.client().post('/auth/login', { json, headers });
    expect((await me(attacker)).status).toBe(401);
  });

  it('that the server did not make is never adopted', async () => {
    const rows = await app.source.getRepository(Session).count();
    for (const value of [
      `s2_${randomBytes(64).toString('base64url')}`,
      `s2_${Buffer.alloc(64).toString('base64url')}`,
      randomUUID(),
    ]) {
      const { status, body, setCookies } = await me(value);
      expect([status, body.code, setCookies]).toEqual([401, 'AUTH_SESSION_INVALID', []]);
    }
    expect(await app.source.getRepository(Session).count()).toBe(rows);
  });

  it('with the right id and another secret, or the other way round, is refused', async () => {
    const [one, two] = [await cookieOf(), await cookieOf('bob')];
    const bytes = (value: string) => Buffer.from(value.slice(3), 'base64url');
    const mixed = Buffer.concat([bytes(one).subarray(0, 16), bytes(two).subarray(16)]);
    expect((await me(`s2_${mixed.toString('base64url')}`)).status).toBe(401);
    for (const at of [0, 15, 16, 47, 48, 63]) {
      const flipped = bytes(one);
      flipped[at]! ^= 1;
      expect((await me(`s2_${flipped.toString('base64url')}`)).status).toBe(401);
    }
    expect((await me(one)).status).toBe(200);
  });

  it('that is malformed costs no query', async () => {
    const good = await cookieOf();
    for (const value of [
      '',
      'x',
      good.slice(0, -1),
      `${good}A`,
      `${good}=`,
      `"${good}"`,
      good.slice(3),
      `S2_${good.slice(3)}`,
      `rt1_${good.slice(3)}`,
      good.replace('_', '%5F'),
      'A'.repeat(8_000),
    ]) {
      const sent = await log.count(async () => {
        const { status, setCookies } = await me(value);
        expect([status, setCookies]).toEqual([401, []]);
      });
      expect(sent).toBe(0);
    }
    expect((await me(good)).status).toBe(200);
  });

  it('twice in one request is malformed, whichever is right', async () => {
    const good = await cookieOf();
    const planted = await cookieOf('bob');
    for (const pair of [
      [good, planted],
      [planted, good],
      [good, good],
      ['', good],
    ]) {
      const cookie = pair.map((value) => `${SESSION_COOKIE}=${value}`).join('; ');
      for (const [method, path] of [
        ['GET', '/auth/me'],
        ['POST', '/auth/logout-all'],
      ] as const) {
        const { status, body, setCookies } = await app.client().send(method, path, { headers: { cookie } });
        expect([status, body?.code, setCookies]).toEqual([400, 'AUTH_REQUEST_INVALID', []]);
      }
    }
    expect((await me(good)).status).toBe(200);
    expect((await me(planted)).status).toBe(200);
  });

  it('is known by its exact name', async () => {
    const good = await cookieOf();
    for (const name of ['session', '__host-session', '__HOST-SESSION', 'x__Host-session', '__Host-sessions'])
      expect((await app.client().get('/auth/me', { headers: { cookie: `${name}=${good}` } })).status).toBe(
        401,
      );
    const among = `a=b; ${SESSION_COOKIE}=${good}; c`;
    expect((await app.client().get('/auth/me', { headers: { cookie: among } })).status).toBe(200);
  });

  it('is not looked at beside an Authorization header, whatever that says', async () => {
    const { client } = await signIn(app, 'session');
    expect((await client.get('/auth/me')).status).toBe(200);
    for (const authorization of [
      'Bearer nonsense',
      'Bearer',
      'Basic YWRhOng=',
      'x',
      'bearer a b',
      'Negotiate',
    ])
      expect((await client.get('/auth/me', { headers: { authorization } })).status).toBe(401);
    const { body } = await signIn(app, 'tokens', 'bob');
    expect((await client.get('/auth/me', { bearer: body.access_token })).body.user.id).toBe('bob');
  });

  it('is set or cleared by no 401', async () => {
    const { client } = await signIn(app, 'session');
    const value = await client.cookie(SESSION_COOKIE);
    await app.authentication.endAllSignIns('user-1');
    for (const [method, path] of [
      ['GET', '/auth/me'],
      ['GET', '/auth/sign-ins'],
      ['DELETE', `/auth/sign-ins/${randomUUID()}`],
      ['POST', '/auth/logout-all'],
      ['POST', '/auth/refresh'],
    ] as const) {
      const { status, setCookies, headers } = await client.send(method, path);
      expect([status, setCookies]).toEqual([401, []]);
      expect(headers.get('cache-control')).toBe('no-store');
      expect(headers.get('www-authenticate')).toBe('Bearer');
    }
    expect(await client.cookie(SESSION_COOKIE)).toBe(value);
  });

  it('opens no place that takes a token', async () => {
    const value = await cookieOf();
    expect((await refresh(app, value)).status).toBe(401);
    expect((await app.client().get('/auth/me', { bearer: value })).status).toBe(401);
    const headers = { cookie: `${REFRESH_COOKIE}=${value}` };
    expect((await app.client().post('/auth/refresh', { headers })).status).toBe(401);
    expect((await app.client().get('/auth/me', { headers })).status).toBe(401);
  });
});
