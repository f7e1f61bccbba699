/** `client.fetch` and `client.authorize`: which requests get the token, and which are sent again. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { AuthClient } from 'nestjs-aerie/client';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ADAPTERS } from '../support/test-app.js';
import { asked, type ClientApp, signIn, startClientApp } from './client-app.js';
import { FakeBrowser } from './fake-browser.js';

const MINUTE = 60_000;

describe.each(ADAPTERS)('requests of the browser client on %s', (adapter) => {
  let server: ClientApp;
  let browser: FakeBrowser;
  let client: AuthClient;
  beforeAll(async () => void (server = await startClientApp({ adapter })));
  afterAll(() => server.app.close());
  beforeEach(async () => {
    browser = new FakeBrowser(server.app.url);
    client = browser.tab();
    await signIn(client);
  });
  afterEach(() => browser.close());
  const lastTo = (path: string) => browser.sent.filter(({ url }) => url.endsWith(path)).at(-1)!;

  it.each(['AUTH_ACCESS_TOKEN_EXPIRED', 'AUTH_ACCESS_TOKEN_STALE', 'AUTH_ACCESS_TOKEN_REVOKED'])(
    'are sent again once, after %s',
    async (code) => {
      browser.network.before = ({ url }) =>
        url.endsWith('/notes') ? Response.json({ code }, { status: 401 }) : undefined;
      expect(await asked(client)).toBe(code);
      expect(browser.countOf('GET /notes')).toBe(2);
      expect(browser.countOf('POST /auth/refresh')).toBe(1);
    },
  );

  it('are sent again with the roles of now', async () => {
    const { id } = client.user!;
    server.app.users.byId.get(id)!.roles.push('editor');
    await server.app.authentication.rolesChanged(id);
    const answer = await client.fetch('/notes');
    expect(await answer.json()).toEqual({ of: id, roles: ['editor'] });
    expect(client.user).toMatchObject({ roles: ['editor'] });
    server.app.users.byId.get(id)!.roles.length = 0;
  });

  it.each([
    ['AUTH_ACCESS_TOKEN_INVALID', 401],
    ['AUTH_CREDENTIALS_MISSING', 401],
    ['AUTH_RECENT_SIGN_IN_REQUIRED', 401],
    ['AUTH_FORBIDDEN', 403],
    ['AUTH_RATE_LIMITED', 429],
    ['AUTH_STORE_UNAVAILABLE', 503],
    [undefined, 401],
  ])('are not sent again after %s', async (code, status) => {
    browser.network.before = ({ url }) =>
      url.endsWith('/notes') ? Response.json({ code }, { status }) : undefined;
    const answer = await client.fetch('/notes');
    expect(answer.status).toBe(status);
    expect(await answer.json()).toEqual(code ? { code } : {});
    expect(browser.countOf('GET /notes')).toBe(1);
    expect(browser.countOf('POST /auth/refresh')).toBe(0);
  });

  it('that are refused once the token was renewed for another one are sent again without a second refresh', async () => {
    server.clock.pass(16 * MINUTE);
    let deliver!: () => void;
    const gate = new Promise<void>((resolve) => (deliver = resolve));
    browser.network.after = ({ url }) => (url.endsWith('?late') ? gate : undefined);
    const late = client.fetch('/notes?late');
    expect(await asked(client)).toBe(client.user!.id);
    deliver();
    expect((await late).status).toBe(200);
    expect(browser.countOf('POST /auth/refresh')).toBe(1);
  });

  it('that the clock says are in vain are not made: the token is renewed first', async () => {
    server.clock.pass(16 * MINUTE);
    browser.pass(16 * MINUTE);
    expect(await asked(client)).toBe(client.user!.id);
    expect(browser.countOf('GET /notes')).toBe(1);
    expect(browser.countOf('POST /auth/refresh')).toBe(1);
  });

  const text = JSON.stringify({ text: 'milk' });
  const json = { 'Content-Type': 'application/json' };
  const chunks = () =>
    new ReadableStream({
      start(controller) {
        controller.enqueue(new TextEncoder().encode(text));
        controller.close();
      },
    });
  it.each<[string, () => [string | Request, RequestInit?]]>([
    ['a string', () => ['/notes', { method: 'POST', headers: json, body: text }]],
    ['a Blob', () => ['/notes', { method: 'POST', headers: json, body: new Blob([text]) }]],
    [
      'a Request',
      () => [new Request(`${server.app.url}/notes`, { method: 'POST', headers: json, body: text })],
    ],
  ])('with a body that is %s are sent again whole', async (_, input) => {
    server.clock.pass(16 * MINUTE);
    const answer = await client.fetch(...input());
    expect(answer.status).toBe(201);
    expect(await answer.json()).toEqual({ of: client.user!.id, body: { text: 'milk' } });
    expect(browser.countOf('POST /notes')).toBe(2);
  });

  it('with a stream are not sent again; the next one has a new token', async () => {
    server.clock.pass(16 * MINUTE);
    const init = { method: 'POST', headers: json, body: chunks(), duplex: 'half' };
    const answer = await client.fetch('/notes', init as RequestInit);
    expect(await answer.json()).toMatchObject({ code: 'AUTH_ACCESS_TOKEN_EXPIRED' });
    expect(browser.countOf('POST /notes')).toBe(1);
    expect(await asked(client)).toBe(client.user!.id);
    expect(browser.countOf('POST /auth/refresh')).toBe(1);
  });

  it('to another origin get no token, and no refresh', async () => {
    browser.network.before = ({ url }) =>
      url.startsWith(server.app.url)
        ? undefined
        : Response.json({ code: 'AUTH_ACCESS_TOKEN_EXPIRED' }, { status: 401 });
    for (const url of ['https://evil.example/notes', 'http://127.0.0.1:1/notes', '//evil.example/notes']) {
      expect((await client.fetch(url)).status).toBe(401);
      expect(lastTo('/notes').headers.has('authorization')).toBe(false);
      expect((await client.authorize(url)).headers).toEqual({});
    }
    expect(browser.countOf('POST /auth/refresh')).toBe(0);
  });

  it('to the routes of the sign-in follow no redirect with their password or refresh token', async () => {
    const heard: string[] = [];
    const listening = async (port: number | null) => {
      const server = createServer((request, answer) => {
        heard.push(`${port === null ? 'the other' : 'ours'}: ${request.method} ${request.url}`);
        if (port === null) answer.end('{}');
        else answer.writeHead(307, { Location: `http://127.0.0.1:${port}${request.url}` }).end();
      }).listen(0, '127.0.0.1');
      await once(server, 'listening');
      return { server, port: (server.address() as AddressInfo).port };
    };
    const other = await listening(null);
    const ours = await listening(other.port);
    const device = new FakeBrowser(`http://127.0.0.1:${ours.port}`);
    const text = JSON.stringify({ token: 'a refresh token', key: 'a key' });
    const redirected = device.tab({
      mode: 'tokens',
      storage: { load: () => text, save: () => undefined, clear: () => undefined },
    });
    const calls = [() => signIn(redirected), () => redirected.refresh(), () => redirected.signOut()];
    for (const call of calls)
      await expect(device.passing<unknown>(call())).rejects.toMatchObject({
        code: 'AUTH_CLIENT_UNREACHABLE',
      });
    expect(heard).toContain('ours: POST /auth/login');
    expect(heard.filter((line) => line.startsWith('the other'))).toEqual([]);
    for (const { server } of [ours, other]) server.close();
  });

  it('to an origin that was named get it, without cookies', async () => {
    const named = browser.tab({ origins: ['https://orders.example'] });
    await named.restore();
    browser.network.before = ({ url }) => (url.startsWith(server.app.url) ? undefined : Response.json({}));
    await named.fetch('https://orders.example/orders');
    expect(lastTo('/orders').headers.get('authorization')).toMatch(/^Bearer eyJ/);
    expect(lastTo('/orders').credentials).toBe('same-origin');
    await named.fetch('/notes');
    expect(lastTo('/notes').credentials).toBe('include');
    await named.fetch('https://orders.example.evil.example/orders');
    expect(lastTo('/orders').headers.has('authorization')).toBe(false);
  });

  it('with an Authorization header of their own are left alone', async () => {
    const answer = await client.fetch('/notes', { headers: { Authorization: 'Bearer theirs' } });
    expect(answer.status).toBe(401);
    expect(lastTo('/notes').headers.get('authorization')).toBe('Bearer theirs');
  });

  it('keep their own headers and method', async () => {
    await client.fetch(new URL(`${server.app.url}/notes`), { headers: { 'X-Trace': '1' } });
    expect(lastTo('/notes').headers.get('x-trace')).toBe('1');
    expect(lastTo('/notes').headers.get('authorization')).toMatch(/^Bearer /);
  });

  it('of a session that has ended sign out, and of one that has not do not', async () => {
    const other = browser.tab({ mode: 'session' });
    const { id } = await signIn(other);
    browser.network.before = ({ url }) =>
      url.endsWith('/notes') ? Response.json({ code: 'AUTH_SESSION_INVALID' }, { status: 401 }) : undefined;
    expect(await asked(other)).toBe('AUTH_SESSION_INVALID');
    expect(other.user).toMatchObject({ id });
    browser.network = {};
    await server.app.authentication.endAllSignIns(id);
    expect(await asked(other)).toBe('AUTH_SESSION_INVALID');
    expect(other.user).toBeNull();
  });

  it('that fail by themselves fail as fetch does', async () => {
    browser.network.before = ({ url }) =>
      url.endsWith('/notes') ? Promise.reject(new TypeError('fetch failed')) : undefined;
    await expect(client.fetch('/notes')).rejects.toThrow(TypeError);
    expect(browser.countOf('GET /notes')).toBe(1);
  });
});
