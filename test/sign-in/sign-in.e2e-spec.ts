import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ADAPTERS, startTestApp, type TestApp } from '../support/test-app.js';

describe.each(ADAPTERS)('signing in, on %s', (adapter) => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startTestApp({ adapter });
    await app.users.add('ada');
  });
  afterAll(() => app.close());

  const login = (mode?: string) => ({
    json: { identifier: 'ada', password: 'correct horse battery', ...(mode && { mode }) },
  });

  it('opens a session: a cookie, and who it is for', async () => {
    const client = app.client();
    const answer = await client.post('/auth/login', login());
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({
      user: { id: 'user-1', roles: [], scopes: [] },
      sign_in: {
        id: expect.any(String),
        expires_at: expect.any(String),
        idle_expires_at: expect.any(String),
      },
    });
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect((await client.get('/auth/me')).body).toEqual({ user: { id: 'user-1', roles: [], scopes: [] } });
  });

  it('opens a family: tokens in the body, and no cookie', async () => {
    const client = app.client();
    const { status, body, setCookies } = await client.post('/auth/login', login('tokens'));
    expect(status).toBe(200);
    // No credential: it tells the device at the next sign-in.
    expect(setCookies).toEqual([expect.stringMatching(/^__Host-device=d1_/)]);
    expect(body).toMatchObject({
      token_type: 'Bearer',
      refresh_token: expect.stringMatching(/^rt1_/),
      refresh_expires_in: 1_209_600,
    });
    expect(body.expires_in).toBeGreaterThan(870);
    expect(body.expires_in).toBeLessThanOrEqual(900);
    expect((await client.get('/auth/me', { bearer: body.access_token })).status).toBe(200);
  });

  it('keeps the refresh token in a cookie of the routes alone, in hybrid mode', async () => {
    const client = app.client();
    const { body, setCookies } = await client.post('/auth/login', login('hybrid'));
    expect(body.refresh_token).toBeUndefined();
    expect(setCookies).toHaveLength(2);
    expect(setCookies[0]).toMatch(
      /^__Host-refresh=rt1_[\w-]+; Path=\/; Max-Age=1209600; HttpOnly; SameSite=Strict; Secure$/,
    );
    const refreshed = await client.post('/auth/refresh');
    expect(refreshed.status).toBe(200);
    expect(refreshed.body.refresh_token).toBeUndefined();
    expect(refreshed.setCookies).toHaveLength(1);
  });
});
