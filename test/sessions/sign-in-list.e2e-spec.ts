import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { refresh, signIn, statusOf } from '../support/sign-ins.js';
import { BELOW_THE_EDGE, startTestApp, type TestApp } from '../support/test-app.js';

const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

describe.each(BELOW_THE_EDGE)('the list of sign-ins, on %s', (adapter) => {
  let app: TestApp;
  let name: string;
  let count = 0;
  beforeAll(async () => {
    app = await startTestApp({ adapter });
    await app.users.add('bob', undefined, { id: 'bob' });
  });
  afterAll(() => app.close());
  beforeEach(async () => {
    name = `user-${++count}`;
    await app.users.add(name, undefined, { id: name });
  });

  it('shows where somebody is signed in, and nothing that could be used', async () => {
    const tokens = await signIn(app, 'tokens', name, { 'user-agent': 'phone/1' });
    const browser = await signIn(app, 'session', name, { 'user-agent': 'browser/1' });
    const { status, body, headers } = await browser.client.get('/auth/sign-ins');
    expect(status).toBe(200);
    expect(headers.get('cache-control')).toBe('no-store');
    const shared = {
      created_at: expect.stringMatching(INSTANT),
      last_seen_at: expect.stringMatching(INSTANT),
      expires_at: expect.stringMatching(INSTANT),
      ip: '127.0.0.1',
    };
    expect(body).toHaveLength(2);
    expect(body).toContainEqual({
      id: browser.id,
      kind: 'session',
      current: true,
      user_agent: 'browser/1',
      ...shared,
    });
    expect(body).toContainEqual({
      id: tokens.id,
      kind: 'tokens',
      current: false,
      user_agent: 'phone/1',
      ...shared,
    });
  });

  it('is the same for a token, which knows itself', async () => {
    const { body, id } = await signIn(app, 'tokens', name);
    await signIn(app, 'session', name);
    const list = (await app.client().get('/auth/sign-ins', { bearer: body.access_token })).body;
    expect(list.filter((record: any) => record.current).map((record: any) => record.id)).toEqual([id]);
  });

  it("has neither ended sign-ins in it, nor anybody else's", async () => {
    const { client } = await signIn(app, 'session', name);
    const ended = await signIn(app, 'session', name);
    await ended.client.post('/auth/logout');
    await signIn(app, 'session', 'bob');
    expect((await client.get('/auth/sign-ins')).body).toHaveLength(1);
  });

  it('needs a sign-in', async () => {
    const { status, body } = await app.client().get('/auth/sign-ins');
    expect([status, body.code]).toEqual([401, 'AUTH_CREDENTIALS_MISSING']);
  });

  it('lets its owner end one: that one, and no other', async () => {
    const { client } = await signIn(app, 'session', name);
    const phone = await signIn(app, 'tokens', name);
    const laptop = await signIn(app, 'session', name);
    const { status, body } = await client.delete(`/auth/sign-ins/${phone.id}`);
    expect([status, body]).toEqual([204, undefined]);
    expect(await statusOf(app, phone.body.access_token)).toBe(401);
    expect((await refresh(app, phone.body.refresh_token)).status).toBe(401);
    expect((await laptop.client.get('/auth/me')).status).toBe(200);
    expect((await client.delete(`/auth/sign-ins/${laptop.id}`)).status).toBe(204);
    expect((await laptop.client.get('/auth/me')).status).toBe(401);
    expect((await client.get('/auth/me')).status).toBe(200);
  });

  it('lets its owner end the current one too', async () => {
    const { client, id } = await signIn(app, 'session', name);
    expect((await client.delete(`/auth/sign-ins/${id}`)).status).toBe(204);
    expect((await client.get('/auth/me')).status).toBe(401);
  });

  it("does not let anybody end another subject's: 404, as if it were not there", async () => {
    const { client } = await signIn(app, 'session', name);
    const [session, tokens] = [await signIn(app, 'session', 'bob'), await signIn(app, 'tokens', 'bob')];
    const nobodys = await client.delete(`/auth/sign-ins/${randomUUID()}`);
    for (const { id } of [session, tokens]) {
      const { status, body } = await client.delete(`/auth/sign-ins/${id}`);
      expect([status, body]).toEqual([404, nobodys.body]);
    }
    expect(nobodys.body.code).toBe('AUTH_SIGN_IN_NOT_FOUND');
    expect((await session.client.get('/auth/me')).status).toBe(200);
    expect(await statusOf(app, tokens.body.access_token)).toBe(200);
    expect((await refresh(app, tokens.body.refresh_token)).status).toBe(200);
  });

  it('takes no malformed id', async () => {
    const { client, id } = await signIn(app, 'session', name);
    for (const wrong of [
      id.toUpperCase(),
      id.replaceAll('-', ''),
      `${id}0`,
      'x',
      '%00',
      `${id}%00`,
      "'%20or%201=1--",
      '__proto__',
      '%F0%9F%92%A9',
      'a'.repeat(90),
    ]) {
      const { status, body } = await client.delete(`/auth/sign-ins/${wrong}`);
      expect([wrong, status, body?.code]).toEqual([wrong, 404, 'AUTH_SIGN_IN_NOT_FOUND']);
    }
    expect((await client.get('/auth/me')).status).toBe(200);
  });

  it('does not end one twice', async () => {
    const { client } = await signIn(app, 'session', name);
    const other = await signIn(app, 'session', name);
    expect((await client.delete(`/auth/sign-ins/${other.id}`)).status).toBe(204);
    expect((await client.delete(`/auth/sign-ins/${other.id}`)).status).toBe(404);
  });
});
