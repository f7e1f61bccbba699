import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { AuthOptions } from 'nestjs-aerie';
import { HttpClient } from '../support/http-client.js';
import { PASSWORD, refresh, signIn, statusOf } from '../support/sign-ins.js';
import { StatementLog } from '../support/statement-log.js';
import { ADAPTERS, startTestApp, type TestApp } from '../support/test-app.js';

/** Names that a page of a sibling subdomain can plant, and that a change of `domain` or `path` leaves behind. */
const COOKIES = {
  session: { name: 'sid', domain: 'example.com' },
  refresh: { name: 'rid', domain: 'example.com' },
} as const satisfies AuthOptions['cookies'];
const SITE = 'https://api.example.com';

describe.each(ADAPTERS)('two cookies of one name, on %s', (adapter) => {
  const log = new StatementLog();
  let app: TestApp;
  beforeAll(async () => {
    app = await startTestApp({ adapter, connection: log.connection(), options: { cookies: COOKIES } });
    await app.users.add('ada');
    await app.users.add('bob', undefined, { id: 'bob' });
  });
  afterAll(() => app.close());
  beforeEach(async () => {
    await app.authentication.endAllSignIns('user-1');
    await app.authentication.endAllSignIns('bob');
  });

  const browser = () => new HttpClient(app.url, SITE);
  const post = (path: string, input: object) => browser().post(path, input);
  const valueOf = async (mode: 'session' | 'hybrid', subject = 'user-1') => {
    const result = await app.authentication.signIn(subject, { mode });
    return result.mode === 'session' ? result.sessionToken : result.refreshToken;
  };
  const sessions = (count: number) => Promise.all(Array.from({ length: count }, () => valueOf('session')));
  const named = (name: string, values: readonly string[]) => ({
    headers: { cookie: values.map((value) => `${name}=${value}`).join('; ') },
  });
  const meWith = async (value: string) => (await app.client().get('/auth/me', named('sid', [value]))).status;
  const login = (mode: string) => ({ json: { identifier: 'ada', password: PASSWORD, mode } });

  it('are refused where a credential is needed, and nothing is done', async () => {
    const [one, two] = (await sessions(2)) as [string, string];
    const token = await valueOf('hybrid');
    for (const [method, path, input] of [
      ['GET', '/auth/me', named('sid', [one, two])],
      ['POST', '/auth/logout-all', named('sid', [one, 'planted'])],
      ['POST', '/auth/refresh', named('rid', ['planted', token])],
    ] as const) {
      const { status, body, setCookies } = await app.client().send(method, path, input);
      expect([path, status, body.code, setCookies]).toEqual([path, 400, 'AUTH_REQUEST_INVALID', []]);
    }
    expect([await meWith(one), await meWith(two), (await refresh(app, token)).status]).toEqual([
      200, 200, 200,
    ]);
  });

  it('are no obstacle to a login, which ends what is genuine and leaves one cookie', async () => {
    for (const [mode, name] of [
      ['session', 'sid'],
      ['hybrid', 'rid'],
    ] as const) {
      const [own, bobs] = [await valueOf(mode), await valueOf(mode, 'bob')];
      const input = { ...login(mode), ...named(name, ['planted', own, bobs]) };
      const { status, setCookies } = await post('/auth/login', input);
      expect([mode, status]).toEqual([mode, 200]);
      expect(setCookies[0]).toBe(`${name}=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict; Secure`);
      expect(setCookies.filter((line) => !line.startsWith('__Host-device')).at(-1)).toMatch(
        new RegExp(`^${name}=[\\w-]{20,}; Path=/; Max-Age=\\d+; .*Domain=example.com$`),
      );
      for (const value of [own, bobs])
        expect(mode === 'session' ? await meWith(value) : (await refresh(app, value)).status).toBe(401);
    }
  });

  it.each([
    [0, 2],
    [20, 1],
    [40, 8],
  ])('are no obstacle to a logout: of %i planted and %i genuine ones, it ends all', async (made, genuine) => {
    const values = await sessions(genuine);
    const planted = Array.from({ length: made }, (_, i) => flipped(values[0]!, i));
    const cookies = [...planted, ...values];
    const { status, setCookies } = await post('/auth/logout', named('sid', cookies));
    expect(status).toBe(204);
    expect(setCookies).toContain('sid=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict; Secure');
    expect(setCookies).toContain(
      'sid=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict; Secure; Domain=example.com',
    );
    for (const value of values) expect(await meWith(value)).toBe(401);
  });

  it('cost a logout no query where they are not of our making', async () => {
    const value = await valueOf('session');
    await app.authentication.endAllSignIns('user-1');
    const planted = Array.from({ length: 30 }, (_, i) => flipped(value, i));
    const sent = await log.count(async () => {
      expect((await post('/auth/logout', named('sid', planted))).status).toBe(204);
      expect((await post('/auth/logout', named('rid', planted))).status).toBe(204);
    });
    expect(sent).toBe(0);
  });

  it('and more than eight genuine credentials are refused by a logout, which then ends none', async () => {
    const values = await sessions(9);
    const { status, body, setCookies } = await post('/auth/logout', named('sid', values));
    expect([status, body.code, setCookies]).toEqual([400, 'AUTH_REQUEST_INVALID', []]);
    for (const value of values) expect(await meWith(value)).toBe(200);
    expect((await post('/auth/login', { ...login('session'), ...named('sid', values) })).status).toBe(200);
  });

  it('end together with a refresh token in the body', async () => {
    const [inCookie, inBody] = [await valueOf('hybrid'), await valueOf('hybrid')];
    const json = { refresh_token: inBody };
    const answer = await post('/auth/logout', { json, ...named('rid', ['planted', inCookie]) });
    expect(answer.status).toBe(204);
    for (const token of [inCookie, inBody]) expect((await refresh(app, token)).status).toBe(401);
  });

  it('do not make a logout from everywhere refuse what it has done', async () => {
    const { body } = await signIn(app, 'tokens');
    const bearer = body.access_token as string;
    const cookies = named('rid', ['planted', await valueOf('hybrid')]);
    const { status, setCookies } = await post('/auth/logout-all', { bearer, ...cookies });
    expect(status).toBe(204);
    expect(setCookies.length).toBeGreaterThanOrEqual(2);
    expect(await statusOf(app, bearer)).toBe(401);
  });

  it('of another site are refused by a logout, as one is', async () => {
    const values = await sessions(2);
    const headers = { ...named('sid', values).headers, origin: 'https://evil.example' };
    expect((await post('/auth/logout', { headers })).status).toBe(403);
    for (const value of values) expect(await meWith(value)).toBe(200);
  });

  it.each([
    ['session', 'sid', 'login'],
    ['hybrid', 'rid', 'login'],
    ['session', 'sid', 'logout'],
    ['hybrid', 'rid', 'logout'],
  ] as const)(
    'that a change of "domain" left behind (%s, %s) are gone after a %s',
    async (mode, name, route) => {
      const client = browser();
      const { jar } = client;
      const at = `${SITE}/auth/${route}`;
      await jar.setCookie(`${name}=old; Path=/; Secure`, at);
      // Version 0.1 gave the refresh cookie this path.
      if (mode === 'hybrid') await jar.setCookie(`${name}=older; Path=/auth; Secure`, at);
      await jar.setCookie(`${name}=${await valueOf(mode)}; Path=/; Domain=example.com; Secure`, at);
      expect((await client.post(`/auth/${route}`, route === 'login' ? login(mode) : {})).status).toBeLessThan(
        300,
      );
      const left = (await jar.getCookies(at)).filter(({ key }) => key !== '__Host-device');
      expect(left).toEqual(
        route === 'logout' ? [] : [expect.objectContaining({ key: name, path: '/', domain: 'example.com' })],
      );
    },
  );

  it('are not made by a refresh after a change of "domain": it clears the former one', async () => {
    const client = browser();
    const at = `${SITE}/auth/refresh`;
    await client.jar.setCookie(`rid=${await valueOf('hybrid')}; Path=/; Secure`, at);
    expect((await client.post('/auth/refresh')).status).toBe(200);
    expect(await client.jar.getCookies(at)).toEqual([
      expect.objectContaining({ key: 'rid', domain: 'example.com' }),
    ]);
  });
});

/** A token with a bit changed: of the right form, and not of our making. */
function flipped(token: string, bit: number): string {
  const bytes = Buffer.from(token.slice(3), 'base64url');
  bytes[bit % bytes.length]! ^= 1 << (bit % 8);
  return token.slice(0, 3) + bytes.toString('base64url');
}
