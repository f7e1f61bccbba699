import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { PASSWORD, signIn, statusOf } from '../support/sign-ins.js';
import { type Adapter, BELOW_THE_EDGE, startTestApp, type TestApp } from '../support/test-app.js';

const login = (app: TestApp, mode: string, client = app.client(), identifier = 'ada') =>
  client.post('/auth/login', { json: { identifier, password: PASSWORD, mode } });
const limited = (adapter: Adapter, max: number, onSignInLimit: 'refuse' | 'end-oldest') =>
  startTestApp({ adapter, options: { maxSignInsPerSubject: max, onSignInLimit } });

describe.each(BELOW_THE_EDGE)('a limit of sign-ins, on %s', (adapter) => {
  describe('that refuses', () => {
    let app: TestApp;
    beforeAll(async () => {
      app = await limited(adapter, 2, 'refuse');
      for (const name of ['ada', 'bob', 'eve']) await app.users.add(name);
    });
    afterAll(() => app.close());

    it('answers one too many with 409 and its code, whatever the mode', async () => {
      const first = await signIn(app, 'session');
      const second = await signIn(app, 'tokens');
      app.events.length = 0;
      for (const mode of ['session', 'tokens', 'hybrid']) {
        const { status, body, headers } = await login(app, mode);
        expect(body).toEqual({ statusCode: 409, code: 'AUTH_SIGN_IN_LIMIT', message: expect.any(String) });
        expect(status).toBe(409);
        expect(headers.get('set-cookie')).toBeNull();
        expect(headers.get('cache-control')).toBe('no-store');
      }
      expect(app.events).toEqual(
        Array.from({ length: 3 }, () => ({
          type: 'sign_in_refused',
          reason: 'limit',
          subject: 'user-1',
          ip: '127.0.0.1',
          userAgent: expect.any(String),
        })),
      );
      expect((await first.client.get('/auth/me')).status).toBe(200);
      expect(await statusOf(app, second.body.access_token as string)).toBe(200);
      await app.authentication.endSignIn('user-1', first.id);
      expect((await login(app, 'hybrid')).status).toBe(200);
    });

    it('says nothing of the limit to a wrong password', async () => {
      const json = { identifier: 'ada', password: 'wrong' };
      expect(await app.client().post('/auth/login', { json })).toMatchObject({
        status: 401,
        body: { code: 'AUTH_CREDENTIALS_INVALID' },
      });
    });

    it('takes a login from a browser that is signed in for a replacement', async () => {
      const { client, id } = await signIn(app, 'session', 'bob');
      await signIn(app, 'tokens', 'bob');
      expect((await login(app, 'session', client, 'bob')).status).toBe(200);
      const { body } = await client.get('/auth/sign-ins');
      expect((body as { id: string }[]).map((one) => one.id)).not.toContain(id);
      expect(body).toHaveLength(2);
    });

    it('throws SignInLimitError to the application', async () => {
      for (let i = 0; i < 2; i++) await app.authentication.signIn('user-3');
      await expect(app.authentication.signIn('user-3')).rejects.toMatchObject({ code: 'AUTH_SIGN_IN_LIMIT' });
    });
  });

  describe('that ends the oldest', () => {
    let app: TestApp;
    beforeAll(async () => {
      app = await limited(adapter, 2, 'end-oldest');
      await app.users.add('ada');
    });
    afterAll(() => app.close());

    it('signs out the oldest, at once, and says so', async () => {
      const first = await signIn(app, 'session');
      const second = await signIn(app, 'tokens');
      app.events.length = 0;
      const third = await signIn(app, 'session');
      expect((await first.client.get('/auth/me')).status).toBe(401);
      expect(await statusOf(app, second.body.access_token as string)).toBe(200);
      expect(app.events).toEqual([
        { type: 'sign_in_ended', reason: 'displaced', subject: 'user-1', signInId: first.id },
        expect.objectContaining({ type: 'signed_in', signInId: third.id }),
      ]);
      await signIn(app, 'hybrid');
      expect(await statusOf(app, second.body.access_token as string)).toBe(401);
      expect((await third.client.get('/auth/sign-ins')).body).toHaveLength(2);
    });

    it('ends no other for a login from a browser that is signed in', async () => {
      await app.authentication.endAllSignIns('user-1');
      const other = await signIn(app, 'session');
      const { client } = await signIn(app, 'session');
      expect((await login(app, 'session', client)).status).toBe(200);
      expect((await other.client.get('/auth/me')).status).toBe(200);
    });
  });
});

it('without the option, nothing is counted', async () => {
  const app = await startTestApp();
  await app.users.add('ada');
  for (let i = 0; i < 12; i++) expect((await login(app, 'session')).status).toBe(200);
  expect(await app.authentication.listSignIns('user-1')).toHaveLength(12);
  await app.close();
});
