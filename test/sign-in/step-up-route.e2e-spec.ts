import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Controller, Get, UseGuards } from '@nestjs/common';
import { AnyAuthGuard, RequireRecentSignIn } from 'nestjs-aerie';
import type { HttpClient } from '../support/http-client.js';
import { clockedStores } from '../support/clocked-stores.js';
import { claimsOf, PASSWORD, refresh, REFRESH_COOKIE, SESSION_COOKIE, signIn } from '../support/sign-ins.js';
import { ADAPTERS, startTestApp, type TestApp } from '../support/test-app.js';
import { MINUTE } from '../support/time-passes.js';

@Controller()
class VaultController {
  @UseGuards(AnyAuthGuard)
  @RequireRecentSignIn('5m')
  @Get('vault')
  open() {
    return {};
  }
}

describe.each(ADAPTERS)('POST /auth/step-up, on %s', (adapter) => {
  let app: TestApp;
  let clock: ReturnType<typeof clockedStores>['clock'];
  beforeEach(async () => {
    const clocked = clockedStores();
    clock = clocked.clock;
    app = await startTestApp({
      adapter,
      options: { stores: clocked.stores, attempts: { signedIn: 10 } },
      connection: null,
      override: clocked.override,
      controllers: [VaultController],
    });
    await app.users.add('ada');
    await app.users.add('bob');
  });
  afterEach(() => app.close());

  const vault = async (input: { bearer?: string; headers?: Record<string, string> }) =>
    (await app.client().get('/vault', input)).status;
  const withCookie = (value: string) => ({ headers: { cookie: `${SESSION_COOKIE}=${value}` } });

  describe('of a session', () => {
    it('sets a new cookie for the same sign-in: the former one is dead at once, and the time is now', async () => {
      const { client, id, body } = await signIn(app, 'session');
      const former = (await client.cookie(SESSION_COOKIE))!;
      clock.pass(10 * MINUTE);
      expect((await client.get('/vault')).status).toBe(401);
      const answer = await client.post('/auth/step-up', { json: { password: PASSWORD } });
      expect(answer.status).toBe(200);
      expect(answer.headers.get('cache-control')).toBe('no-store');
      expect(answer.body).toMatchObject({ user: { id: 'user-1' }, sign_in: { id } });
      expect(answer.body.sign_in.expires_at).toBe(body.sign_in.expires_at);
      expect((await client.get('/vault')).status).toBe(200);
      expect(await vault(withCookie(former))).toBe(401);
      const events = app.events.filter(({ type }) => type === 'stepped_up');
      expect(events).toEqual([
        expect.objectContaining({
          subject: 'user-1',
          signInId: id,
          methods: ['pwd'],
          ip: expect.any(String),
        }),
      ]);
    });

    it('changes nothing for a wrong password', async () => {
      const { client, id } = await signIn(app, 'session');
      clock.pass(10 * MINUTE);
      const answer = await client.post('/auth/step-up', { json: { password: 'wrong' } });
      expect([answer.status, answer.body.code]).toEqual([401, 'AUTH_CREDENTIALS_INVALID']);
      expect(answer.setCookies).toEqual([]);
      expect((await client.get('/auth/me')).status).toBe(200);
      expect((await client.get('/vault')).status).toBe(401);
      const refused = app.events.filter(({ type }) => type === 'password_not_confirmed');
      expect(refused).toEqual([expect.objectContaining({ subject: 'user-1', signInId: id })]);
    });

    it('loses no cookie when the user directory fails in between', async () => {
      const { client } = await signIn(app, 'session');
      clock.pass(10 * MINUTE);
      const load = app.users.loadSubject.bind(app.users);
      const verify = app.users.verifyPassword.bind(app.users);
      app.users.verifyPassword = async (...given) => {
        app.users.loadSubject = () => Promise.reject(new Error('away'));
        return verify(...given);
      };
      const answer = await client.post('/auth/step-up', { json: { password: PASSWORD } });
      app.users.loadSubject = load;
      expect([answer.status, answer.body.code]).toEqual([503, 'AUTH_STORE_UNAVAILABLE']);
      expect(answer.setCookies).toEqual([]);
      expect((await client.get('/auth/me')).status).toBe(200);
      expect((await client.get('/vault')).status).toBe(401);
    });

    it('ends everything of a user who is disabled by then', async () => {
      const { client } = await signIn(app, 'session');
      const verify = app.users.verifyPassword.bind(app.users);
      app.users.verifyPassword = async (...given) => {
        app.users.byId.get('user-1')!.disabled = true;
        return verify(...given);
      };
      const answer = await client.post('/auth/step-up', { json: { password: PASSWORD } });
      expect([answer.status, answer.body.code]).toEqual([401, 'AUTH_SESSION_INVALID']);
      expect(await app.authentication.listSignIns('user-1')).toEqual([]);
    });

    it('gives one of several at once the new cookie', async () => {
      const { client } = await signIn(app, 'session');
      const former = (await client.cookie(SESSION_COOKIE))!;
      const all = await Promise.all(
        [1, 2, 3].map(() =>
          app.client().post('/auth/step-up', { json: { password: PASSWORD }, ...withCookie(former) }),
        ),
      );
      expect(all.map(({ status }) => status).sort()).toEqual([200, 401, 401]);
    });

    it('refuses a page of another site', async () => {
      const { client } = await signIn(app, 'session');
      const headers = { origin: 'https://evil.example' };
      const answer = await client.post('/auth/step-up', { json: { password: PASSWORD }, headers });
      expect([answer.status, answer.body.code]).toEqual([403, 'AUTH_CSRF_REJECTED']);
    });
  });

  describe('of tokens', () => {
    it('gives new tokens of the same sign-in, whose time is now, and closes the former refresh token', async () => {
      const { body, id } = await signIn(app, 'tokens');
      clock.pass(10 * MINUTE);
      expect(await vault({ bearer: body.access_token })).toBe(401);
      const json = { password: PASSWORD, refresh_token: body.refresh_token };
      const answer = await app.client().post('/auth/step-up', { json, bearer: body.access_token });
      expect(answer.status).toBe(200);
      expect(answer.setCookies).toEqual([]);
      const claims = claimsOf(answer.body.access_token);
      expect(claims).toMatchObject({ sid: id, amr: ['pwd'] });
      expect(Math.abs(claims['auth_time'] * 1000 - clock.now())).toBeLessThan(5_000);
      expect(await vault({ bearer: answer.body.access_token })).toBe(200);
      expect(await vault({ bearer: body.access_token })).toBe(401);
      expect((await refresh(app, body.refresh_token)).status).toBe(401);
      const next = await refresh(app, answer.body.refresh_token);
      expect(await vault({ bearer: next.body.access_token })).toBe(200);
    });

    it('takes the refresh token of a browser from its cookie, and sets the next one', async () => {
      const { client, body } = await signIn(app, 'hybrid');
      clock.pass(10 * MINUTE);
      const former = await client.cookie(REFRESH_COOKIE);
      const input = { json: { password: PASSWORD }, bearer: body.access_token };
      const answer = await client.post('/auth/step-up', input);
      expect(answer.status).toBe(200);
      expect(answer.body.refresh_token).toBeUndefined();
      expect(await client.cookie(REFRESH_COOKIE)).not.toBe(former);
      expect(await vault({ bearer: answer.body.access_token })).toBe(200);
      expect((await client.post('/auth/refresh')).status).toBe(200);
    });

    it('refuses an access token alone, and the refresh token of another sign-in or user, before the password', async () => {
      const mine = await signIn(app, 'tokens');
      const other = await signIn(app, 'tokens');
      const bob = await signIn(app, 'tokens', 'bob');
      const stepUp = async (token: unknown) => {
        const json = { password: PASSWORD, ...(token !== undefined && { refresh_token: token }) };
        const { status, body } = await app
          .client()
          .post('/auth/step-up', { json, bearer: mine.body.access_token });
        return [status, body.code];
      };
      app.users.calls.length = 0;
      expect(await stepUp(undefined)).toEqual([401, 'AUTH_CREDENTIALS_MISSING']);
      for (const token of [other.body.refresh_token, bob.body.refresh_token, 'nonsense'])
        expect(await stepUp(token)).toEqual([401, 'AUTH_REFRESH_TOKEN_INVALID']);
      expect(app.users.calls).not.toContain('verifyPassword');
      for (const { body } of [mine, other, bob])
        expect((await refresh(app, body.refresh_token)).status).toBe(200);
    });

    it('loses no token when the new one cannot be signed', async () => {
      const { body } = await signIn(app, 'tokens');
      const verify = app.users.verifyPassword.bind(app.users);
      app.users.verifyPassword = async (...given) => {
        const right = await verify(...given);
        app.users.failure = new Error('away');
        return right;
      };
      const json = { password: PASSWORD, refresh_token: body.refresh_token };
      const answer = await app.client().post('/auth/step-up', { json, bearer: body.access_token });
      expect([answer.status, answer.body.code]).toEqual([503, 'AUTH_STORE_UNAVAILABLE']);
      app.users.failure = undefined;
      expect((await refresh(app, body.refresh_token)).status).toBe(200);
    });
  });

  it('refuses who is not signed in, and what is no password', async () => {
    expect((await app.client().post('/auth/step-up', { json: { password: PASSWORD } })).status).toBe(401);
    const { client } = await signIn(app, 'session');
    for (const json of [{}, { password: '' }, { password: 1 }, { password: PASSWORD, identifier: 'ada' }, []])
      expect((await client.post('/auth/step-up', { json })).body.code).toBe('AUTH_REQUEST_INVALID');
    expect(
      (
        await client.post('/auth/step-up', {
          raw: '{"password":',
          headers: { 'content-type': 'application/json' },
        })
      ).body.code,
    ).toBe('AUTH_REQUEST_INVALID');
  });

  it('is limited for each sign-in, whatever was sent last', async () => {
    const { client } = await signIn(app, 'session');
    const stepUp = async (password: string, from = client) => {
      const { status, headers } = await from.post('/auth/step-up', { json: { password } });
      return [status, headers.has('retry-after')];
    };
    for (let i = 0; i < 10; i++) expect(await stepUp(`wrong ${i}`)).toEqual([401, false]);
    expect(await stepUp(PASSWORD)).toEqual([429, true]);
    expect((await client.get('/auth/me')).status).toBe(200);
    const other = await signIn(app, 'session');
    expect(await stepUp(PASSWORD, other.client)).toEqual([200, false]);
    // A right password gives its own unit back.
    for (let i = 0; i < 12; i++) expect(await stepUp(PASSWORD, other.client)).toEqual([200, false]);
  });

  it('is limited for all sign-ins of a user, so that a thief who opens more has no more guesses', async () => {
    const guess = async (client: HttpClient, password: string) =>
      (await client.post('/auth/step-up', { json: { password } })).status;
    for (let i = 0; i < 3; i++) {
      const { client } = await signIn(app, 'session');
      for (let j = 0; j < 10; j++) expect(await guess(client, 'wrong')).toBe(401);
    }
    const { client } = await signIn(app, 'session');
    expect(await guess(client, PASSWORD)).toBe(429);
    // A new sign-in is as good, and others have budgets of their own.
    expect((await client.get('/vault')).status).toBe(200);
    expect(await guess((await signIn(app, 'session', 'bob')).client, PASSWORD)).toBe(200);
  });
});
