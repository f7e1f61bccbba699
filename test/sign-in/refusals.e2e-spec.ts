import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { Answer } from '../support/http-client.js';
import { PASSWORD } from '../support/sign-ins.js';
import { BELOW_THE_EDGE, startTestApp, type TestApp } from '../support/test-app.js';

const MODES = ['session', 'tokens', 'hybrid'] as const;

describe.each(BELOW_THE_EDGE)('a login that is refused, on %s', (adapter) => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startTestApp({ adapter });
    await app.users.add('ada');
    await app.users.add('dora', undefined, { id: 'dora', disabled: true });
  });
  afterAll(() => app.close());
  afterEach(() => (app.users.failure = undefined));

  const login = (identifier: string, password: string, mode: string = 'session') =>
    app.client().post('/auth/login', { json: { identifier, password, mode } });

  /** All that a caller can see, but for the date. */
  function seen({ status, headers, body, setCookies }: Answer) {
    const rest = [...headers].filter(([name]) => name !== 'date');
    return { status, body, setCookies, headers: rest };
  }

  it.each(MODES)(
    'looks the same for an unknown user, a wrong password and a disabled user: %s',
    async (mode) => {
      const unknown = await login('nobody', PASSWORD, mode);
      expect(unknown.status).toBe(401);
      expect(unknown.body).toEqual({
        statusCode: 401,
        code: 'AUTH_CREDENTIALS_INVALID',
        message: 'Wrong identifier or password.',
      });
      expect(unknown.headers.get('cache-control')).toBe('no-store');
      expect(unknown.setCookies).toEqual([]);
      expect(seen(await login('ada', 'wrong', mode))).toEqual(seen(unknown));
      expect(seen(await login('dora', PASSWORD, mode))).toEqual(seen(unknown));
      expect(seen(await login('dora', 'wrong', mode))).toEqual(seen(unknown));
    },
  );

  it('takes the same steps for an unknown user as for a wrong password', async () => {
    app.users.calls.length = 0;
    await login('ada', 'wrong');
    const wrong = app.users.calls.splice(0).length;
    await login('nobody', 'wrong');
    expect(app.users.calls).toHaveLength(wrong);
  });

  it('opens nothing', async () => {
    await login('ada', 'wrong');
    await login('dora', PASSWORD);
    expect(await app.authentication.listSignIns('user-1')).toEqual([]);
    expect(await app.authentication.listSignIns('dora')).toEqual([]);
  });

  it('is told to the auditor: why, and from where, but not what was typed', async () => {
    app.events.length = 0;
    await login('ada', 'a-wrong-password');
    await login('dora', PASSWORD);
    expect(app.events).toEqual([
      { type: 'sign_in_refused', reason: 'credentials', ip: '127.0.0.1', userAgent: expect.any(String) },
      { type: 'sign_in_refused', reason: 'disabled', ip: '127.0.0.1', userAgent: expect.any(String) },
    ]);
  });

  it.each(MODES)('by an outage of the directory is 503, and says when to come back: %s', async (mode) => {
    app.users.failure = new Error('the directory at 10.0.0.7 is down');
    const answer = await login('ada', PASSWORD, mode);
    expect(answer.status).toBe(503);
    expect(answer.headers.get('retry-after')).toBe('1');
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(answer.body).toEqual({
      statusCode: 503,
      code: 'AUTH_STORE_UNAVAILABLE',
      message: expect.any(String),
    });
    expect(JSON.stringify(answer.body)).not.toContain('10.0.0.7');
    expect(answer.setCookies).toEqual([]);
  });

  it.each<[string, unknown]>([
    ['findSubject', { findSubject: async () => 4.2 }],
    ['findSubject', { findSubject: async () => '' }],
    ['findSubject', { findSubject: async () => 'x'.repeat(256) }],
    ['loadSubject', { loadSubject: async () => ({ id: 'somebody else' }) }],
    ['loadSubject', { loadSubject: async () => ({ id: 'user-1', roles: 'admin' }) }],
    ['loadSubject', { loadSubject: async () => ({ id: 'user-1', roles: ['a b'] }) }],
  ])('when the directory answers nonsense in %s: 500, never a sign-in', async (_name, nonsense) => {
    Object.assign(app.users, nonsense);
    const { status, setCookies } = await login('ada', PASSWORD);
    for (const name of Object.keys(nonsense as object)) Reflect.deleteProperty(app.users, name);
    expect([status, setCookies]).toEqual([500, []]);
    expect((await login('ada', PASSWORD)).status).toBe(200);
  });

  it('when the directory says anything but true to a password', async () => {
    for (const answer of [1, 'true', {}, [], undefined, null]) {
      Object.assign(app.users, { verifyPassword: async () => answer });
      const { status } = await login('ada', PASSWORD);
      Reflect.deleteProperty(app.users, 'verifyPassword');
      expect(status).toBe(401);
    }
  });
});
