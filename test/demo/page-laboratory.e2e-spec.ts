// What the page asks of the demo: the laboratory, the safe, and the user's own security events as they happen.
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { HttpClient } from '../support/http-client.js';
import { ADAPTERS } from '../support/test-app.js';
import { type PageApp, startPage } from './page-app.js';
import { PageEvents } from './page-events.js';

const PASSWORD = 'correct horse battery';

describe.each(ADAPTERS)('the laboratory of the page, on %s', (adapter) => {
  let page: PageApp;
  const open: PageEvents[] = [];
  beforeAll(async () => void (page = await startPage(adapter)));
  afterEach(() => open.splice(0).forEach((events) => events.close()));
  afterAll(() => page.close());

  const watch = async (client: HttpClient, bearer?: string) => {
    const events = await PageEvents.open(client, bearer);
    open.push(events);
    return events;
  };
  const login = (client: HttpClient, email: string, mode = 'session') =>
    client.post('/auth/login', { json: { identifier: email, password: PASSWORD, mode } });
  async function visitor() {
    const client = page.client();
    const email = `${randomBytes(6).toString('hex')}@example.com`;
    expect((await client.post('/users', { json: { email, password: PASSWORD } })).status).toBe(201);
    expect((await login(client, email)).status).toBe(200);
    return { client, email };
  }
  const laboratory = async (client: HttpClient) => {
    const { status, body } = await client.post('/page/laboratory');
    expect(status).toBe(200);
    return body as { sign_in_id: string; access_token: string; refresh_token: string };
  };
  const refresh = (refresh_token: string) => page.client().post('/auth/refresh', { json: { refresh_token } });

  it('is for users who are signed in, from this origin', async () => {
    for (const path of ['/page/laboratory', '/page/events', '/page/safe']) {
      const method = path === '/page/laboratory' ? 'POST' : 'GET';
      const answer = await page.client().send(method, path);
      expect([answer.status, answer.body.code]).toEqual([401, 'AUTH_CREDENTIALS_MISSING']);
    }
    const { client } = await visitor();
    const headers = { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' };
    const answer = await client.post('/page/laboratory', { headers });
    expect([answer.status, answer.body.code]).toEqual([403, 'AUTH_CSRF_REJECTED']);
  });

  it('opens one sign-in at a time, and leaves the visitor’s own', async () => {
    const { client } = await visitor();
    const first = await laboratory(client);
    const second = await laboratory(client);
    expect(second.sign_in_id).not.toBe(first.sign_in_id);
    expect((await refresh(first.refresh_token)).status).toBe(401);
    expect((await refresh(second.refresh_token)).status).toBe(200);
    expect((await client.get('/auth/sign-ins')).body).toHaveLength(2);
  });

  it('leaves the sign-in that asks, also when that is a laboratory itself', async () => {
    const { client } = await visitor();
    const { access_token: bearer } = await laboratory(client);
    expect((await page.client().send('POST', '/page/laboratory', { bearer })).status).toBe(200);
    expect((await page.client().get('/auth/me', { bearer })).status).toBe(200);
  });

  it('tells of a rotation, a replay and a theft, and of no token', async () => {
    const { client } = await visitor();
    const events = await watch(client);
    const { sign_in_id: signInId, refresh_token: first, access_token: access } = await laboratory(client);
    const second = (await refresh(first)).body.refresh_token as string;
    expect(await events.event('token_rotated')).toMatchObject({ signInId, generation: 1 });
    expect((await refresh(first)).body.refresh_token).toBe(second);
    expect(await events.event('token_replayed')).toMatchObject({ signInId, sameUserAgent: true });
    const third = (await refresh(second)).body.refresh_token as string;
    expect((await refresh(first)).status).toBe(401);
    expect(await events.event('reuse_detected')).toMatchObject({ signInId, distance: 2, cause: 'ancestor' });
    expect((await refresh(third)).status).toBe(401);
    expect(await events.event('refresh_refused')).toMatchObject({ signInId, reason: 'revoked' });
    expect((await page.client().get('/auth/me', { bearer: access })).body.code).toBe(
      'AUTH_ACCESS_TOKEN_REVOKED',
    );
    const told = JSON.stringify(events.messages);
    for (const token of [first, second, third, access]) expect(told).not.toContain(token.slice(4, 40));
    expect(told).not.toMatch(/rt1_|eyJ|127\.0\.0\.1|userAgent"/);
    expect((await client.get('/auth/me')).status).toBe(200);
  });

  it('tells each user of the user’s own sign-ins alone', async () => {
    const [ada, eve] = [await visitor(), await visitor()];
    const [ofAda, ofEve] = [await watch(ada.client), await watch(eve.client)];
    const { sign_in_id: signInId } = await laboratory(ada.client);
    expect(await ofAda.event('signed_in')).toMatchObject({ signInId });
    await laboratory(eve.client);
    await ofEve.event('signed_in');
    expect(JSON.stringify(ofEve.messages)).not.toContain(signInId);
    expect(ofEve.messages.filter(({ type }) => type === 'security')).toHaveLength(1);
  });

  it('tells a holder of an access token too', async () => {
    const { email } = await visitor();
    const client = page.client();
    const { body } = await login(client, email, 'tokens');
    const events = await watch(client, body.access_token);
    await refresh(body.refresh_token);
    expect(await events.event('token_rotated')).toMatchObject({ generation: 1 });
  });

  it.each([
    ['signs out', (client: HttpClient) => client.post('/auth/logout')],
    ['signs out everywhere', (client: HttpClient) => client.post('/auth/logout-all', { json: {} })],
  ])('ends when the user %s, and says why', async (_what, end) => {
    const { client } = await visitor();
    const events = await watch(client);
    expect((await end(client)).status).toBe(204);
    const began = performance.now();
    await events.ended;
    expect(events.messages.at(-1)).toEqual({ type: 'signed-out', data: { code: 'AUTH_SESSION_INVALID' } });
    expect(performance.now() - began).toBeLessThan(2_000);
  });

  it('goes on when another sign-in of the user ends', async () => {
    const { client } = await visitor();
    const events = await watch(client);
    const { sign_in_id: id } = await laboratory(client);
    expect((await client.delete(`/auth/sign-ins/${id}`)).status).toBe(204);
    expect(await events.event('sign_in_ended')).toMatchObject({ signInId: id });
    await laboratory(client);
    expect(events.messages.at(-1)!.type).toBe('security');
  });

  it('streams with headers that no proxy may change or keep', async () => {
    const { client } = await visitor();
    const cookie = await client.jar.getCookieString(page.url.replace('http:', 'https:'));
    const controller = new AbortController();
    const { headers } = await fetch(`${page.url}/page/events`, {
      headers: { cookie },
      signal: controller.signal,
    });
    controller.abort();
    expect(headers.get('content-type')).toContain('text/event-stream');
    expect(headers.get('cache-control')).toMatch(/no-store.*no-transform/);
  });

  it('admits twelve streams of a user, and counts those that ended no more', async () => {
    const { client } = await visitor();
    const streams = await Promise.all(Array.from({ length: 12 }, () => watch(client)));
    await expect(PageEvents.open(client)).rejects.toThrow('429');
    const other = await visitor();
    await watch(other.client);
    streams[0]!.close();
    for (let tries = 0; ; tries++) {
      const again = await watch(client).catch((error: Error) => error);
      if (!(again instanceof Error)) break;
      // The server hears of the closed connection a moment later.
      expect(tries).toBeLessThan(100);
    }
  });

  it('lets the server shut down while it is open', async () => {
    const other = await startPage(adapter);
    const client = other.client();
    const json = { email: 'ada@example.com', password: PASSWORD };
    await client.post('/users', { json });
    await login(client, json.email);
    const events = await watch(client);
    const began = performance.now();
    await other.close();
    await events.ended;
    expect(performance.now() - began).toBeLessThan(5_000);
  });

  it('opens the safe to those who have just proved who they are', async () => {
    const { client } = await visitor();
    const answer = await client.get('/page/safe');
    expect([answer.status, answer.body]).toEqual([
      200,
      { text: 'The safe is open.', authenticated_at: expect.any(String), methods: ['pwd'] },
    ]);
    const { access_token: bearer } = await laboratory(client);
    const ofLaboratory = await page.client().get('/page/safe', { bearer });
    expect([ofLaboratory.status, ofLaboratory.body.code]).toEqual([403, 'AUTH_FORBIDDEN']);
  });
});
