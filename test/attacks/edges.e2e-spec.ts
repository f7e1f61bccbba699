import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { request as send } from 'node:http';
import { type TokensResult } from 'nestjs-aerie';
import { Clock, SystemClock } from '../../libs/auth/src/time/clock.js';
import { ADAPTERS, startTestApp, type TestApp } from '../support/test-app.js';

const HOUR_MS = 3_600_000;

/** The process's clock, as a test moves it. */
class MovedClock extends SystemClock {
  ahead = 0;
  override now(): number {
    return super.now() + this.ahead;
  }
}

describe.each(ADAPTERS)('the edges, on %s', (adapter) => {
  let app: TestApp;
  const clock = new MovedClock();
  const heard: string[] = [];
  beforeAll(async () => {
    app = await startTestApp({
      adapter,
      override: (builder) => builder.overrideProvider(Clock).useValue(clock),
      options: {
        onSecurityEvent: async (event) => {
          heard.push(event.type);
          throw new Error('the audit store is down');
        },
      },
    });
    await app.users.add('ada');
    await app.users.add('bob');
  });
  afterAll(() => app.close());

  const tokens = async (subject = 'user-1') =>
    (await app.authentication.signIn(subject, { mode: 'tokens' })) as TokensResult;

  it('a listener that rejects ends no request and no process', async () => {
    const { status } = await app.client().post('/auth/refresh', { json: { refresh_token: 'x' } });
    expect(status).toBe(401);
    expect(heard).toContain('refresh_refused');
  });

  it('a logout with an access token that has expired ends its sign-in', async () => {
    const { accessToken, refreshToken } = await tokens();
    clock.ahead = HOUR_MS;
    expect((await app.client().get('/auth/me', { bearer: accessToken })).status).toBe(401);
    expect((await app.client().post('/auth/logout', { bearer: accessToken })).status).toBe(204);
    clock.ahead = 0;
    const refreshed = await app.client().post('/auth/refresh', { json: { refresh_token: refreshToken } });
    expect(refreshed.status).toBe(401);
  });

  it('a cookie whose name begins with what only Unicode calls white space is another cookie', async () => {
    const session = await app.authentication.signIn('user-1', { mode: 'session' });
    const value = (session as { sessionToken: string }).sessionToken;
    const status = (cookie: string) =>
      new Promise<number | undefined>((resolve, reject) => {
        const headers = { cookie: Buffer.from(cookie, 'latin1').toString('latin1') };
        send(`${app.url}/auth/me`, { headers }, (answer) => {
          answer.resume();
          resolve(answer.statusCode);
        })
          .on('error', reject)
          .end();
      });
    expect(await status(`__Host-session=${value}`)).toBe(200);
    expect(await status(`\xa0__Host-session=${value}`)).toBe(401);
    expect(await status(`\xa0__Host-session=x; __Host-session=${value}`)).toBe(200);
  });

  it('a step-up raises the credential of its own subject alone', async () => {
    const bobs = await tokens('user-2');
    const session = (await app.authentication.signIn('user-2', { mode: 'session' })) as {
      sessionToken: string;
    };
    const { authentication } = app;
    await expect(
      authentication.stepUp('user-1', { refreshToken: bobs.refreshToken }, ['otp']),
    ).rejects.toMatchObject({ code: 'AUTH_REFRESH_TOKEN_INVALID' });
    await expect(
      authentication.stepUp('user-1', { session: session.sessionToken }, ['otp']),
    ).rejects.toMatchObject({ code: 'AUTH_SESSION_INVALID' });
    const own = await authentication.stepUp('user-2', { refreshToken: bobs.refreshToken, mode: 'hybrid' }, [
      'otp',
    ]);
    expect(own).toMatchObject({ mode: 'hybrid', principal: { id: 'user-2', methods: ['otp'] } });
  });

  it('routes of the host under the same path keep their own bodies', async () => {
    const answer = await app.client().send('PUT', '/auth/me', { json: { nested: { member: 1 } } });
    expect(answer.body).not.toMatchObject({ code: expect.anything() });
    expect(answer.status).toBe(404);
  });
});
