import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Session } from 'nestjs-aerie/typeorm';
import { PASSWORD, refresh, REFRESH_COOKIE, SESSION_COOKIE, signIn } from '../support/sign-ins.js';
import { LogTrap } from '../support/log-trap.js';
import { ADAPTERS, ISSUER, startTestApp, type TestApp } from '../support/test-app.js';

describe.each(ADAPTERS)('a login with what the browser already holds, on %s', (adapter) => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startTestApp({ adapter });
    await app.users.add('ada');
    await app.users.add('bob', undefined, { id: 'bob' });
  });
  afterAll(() => app.close());
  beforeEach(() => app.authentication.endAllSignIns('user-1'));

  const login = (mode: string, identifier = 'ada') => ({ json: { identifier, password: PASSWORD, mode } });
  const meWith = async (cookie: string) =>
    (await app.client().get('/auth/me', { headers: { cookie } })).status;

  it('ends the session that it replaces', async () => {
    const { client } = await signIn(app, 'session');
    const former = await client.cookie(SESSION_COOKIE);
    expect((await client.post('/auth/login', login('session'))).status).toBe(200);
    expect(await meWith(`${SESSION_COOKIE}=${former}`)).toBe(401);
    expect((await client.get('/auth/me')).status).toBe(200);
    expect(await app.authentication.listSignIns('user-1')).toHaveLength(1);
  });

  it("ends another person's session that it replaces, and only that one", async () => {
    const { client } = await signIn(app, 'session', 'bob');
    const elsewhere = await signIn(app, 'session', 'bob');
    const former = await client.cookie(SESSION_COOKIE);
    await client.post('/auth/login', login('session'));
    expect(await meWith(`${SESSION_COOKIE}=${former}`)).toBe(401);
    expect((await elsewhere.client.get('/auth/me')).status).toBe(200);
  });

  it('ends the family whose cookie it replaces', async () => {
    const { client } = await signIn(app, 'hybrid');
    const former = await client.cookie(REFRESH_COOKIE, '/auth');
    await client.post('/auth/login', login('hybrid'));
    expect((await refresh(app, former)).status).toBe(401);
    expect((await client.post('/auth/refresh')).status).toBe(200);
  });

  it('leaves alone what it does not replace', async () => {
    const { client } = await signIn(app, 'session');
    expect((await client.post('/auth/login', login('tokens'))).status).toBe(200);
    expect((await client.get('/auth/me')).status).toBe(200);
    expect((await client.post('/auth/login', login('hybrid'))).status).toBe(200);
    expect((await client.get('/auth/me')).status).toBe(200);
  });

  it('that is refused ends nothing', async () => {
    const { client } = await signIn(app, 'session');
    const json = { identifier: 'ada', password: 'wrong' };
    expect((await client.post('/auth/login', { json })).status).toBe(401);
    expect((await client.get('/auth/me')).status).toBe(200);
  });

  it('with a cookie that is no session of ours is a login like any other', async () => {
    const headers = { cookie: `${SESSION_COOKIE}=nonsense; ${REFRESH_COOKIE}=nonsense` };
    for (const mode of ['session', 'hybrid'])
      expect((await app.client().post('/auth/login', { ...login(mode), headers })).status).toBe(200);
  });

  it.each([
    ['session', SESSION_COOKIE],
    ['hybrid', REFRESH_COOKIE],
  ])('with two cookies of the name is a login like any other: %s', async (mode, name) => {
    const headers = { cookie: `${name}=one; ${name}=two` };
    const answer = await app.client().post('/auth/login', { ...login(mode), headers });
    expect(answer.status).toBe(200);
    const ours = answer.setCookies.filter((cookie) => cookie.startsWith(`${name}=`));
    expect(ours.at(-1)).toMatch(new RegExp(`^${name}=(s2|rt1)_`));
  });

  it.each(['refuse', 'end-oldest'] as const)(
    'that a limit of sign-ins meets (%s) ends nothing unless it begins',
    async (onSignInLimit) => {
      const limited = await startTestApp({ adapter, options: { maxSignInsPerSubject: 1, onSignInLimit } });
      await limited.users.add('ada');
      await limited.users.add('bob');
      const elsewhere = await signIn(limited, 'session');
      const { client } = await signIn(limited, 'session', 'bob');
      const bobs = await client.cookie(SESSION_COOKIE);
      const begins = onSignInLimit === 'end-oldest';
      expect((await client.post('/auth/login', login('session'))).status).toBe(begins ? 200 : 409);
      const headers = { cookie: `${SESSION_COOKIE}=${bobs}` };
      expect((await limited.client().get('/auth/me', { headers })).status).toBe(begins ? 401 : 200);
      expect((await elsewhere.client.get('/auth/me')).status).toBe(begins ? 401 : 200);
      await limited.close();
    },
  );

  it('stands when the former sign-in cannot be ended, and says so in the log', async () => {
    const log = new LogTrap();
    const failing = await startTestApp({ adapter, override: log.override });
    await failing.users.add('ada');
    const { client, id } = await signIn(failing, 'session');
    const former = await client.cookie(SESSION_COOKIE);
    const table = failing.source.getMetadata(Session).tableName;
    await failing.source.query(
      `create trigger no_end before update of revoked_at on "${table}" begin select raise(abort, 'out of order'); end`,
    );
    expect((await client.post('/auth/login', login('session'))).status).toBe(200);
    expect((await client.get('/auth/me')).status).toBe(200);
    const said = log.lines.filter((line) => line.includes('could not end'));
    expect(said).toEqual([expect.stringContaining(id)]);
    expect(said[0]).not.toContain(former);
    await failing.close();
  });

  describe('from another site', () => {
    const FOREIGN: Record<string, string>[] = [
      { origin: 'https://evil.example' },
      { origin: 'null' },
      { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
    ];

    // Whatever the mode says: a handler of the host's own may set a cookie all the same.
    it.each(['session', 'hybrid', 'tokens', undefined])('is forbidden: %s', async (mode) => {
      for (const headers of FOREIGN) {
        app.users.calls.length = 0;
        const json = { identifier: 'ada', password: PASSWORD, ...(mode && { mode }) };
        const answer = await app.client().post('/auth/login', { json, headers });
        expect([answer.status, answer.body.code]).toEqual([403, 'AUTH_CSRF_REJECTED']);
        expect(answer.setCookies).toEqual([]);
        expect(app.users.calls).toEqual([]);
      }
      expect(await app.authentication.listSignIns('user-1')).toEqual([]);
    });
  });

  it('from our own origin is allowed', async () => {
    for (const origin of [ISSUER, ISSUER.toUpperCase()]) {
      const headers = { origin, 'sec-fetch-site': 'same-origin' };
      expect((await app.client().post('/auth/login', { ...login('session'), headers })).status).toBe(200);
    }
  });
});
