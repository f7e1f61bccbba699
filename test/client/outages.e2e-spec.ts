/** What the client keeps, and what it does again, while the server or the network fails. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { AuthClient } from 'nestjs-aerie/client';
import { ADAPTERS } from '../support/test-app.js';
import { until } from '../support/until.js';
import { asked, type ClientApp, signIn, startClientApp, unavailable } from './client-app.js';
import { FakeBrowser } from './fake-browser.js';

const MINUTE = 60_000;
const isRefresh = ({ url }: Request): boolean => url.endsWith('/auth/refresh');
const lost = () => Promise.reject(new TypeError('fetch failed'));

describe.each(ADAPTERS)('the browser client in outages on %s', (adapter) => {
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
  const failTimes = (times: number, how: () => Promise<never> | Response) => {
    browser.network.before = (request) => {
      if (!isRefresh(request) || times-- <= 0) return undefined;
      return how();
    };
  };

  it.each([
    ['503', () => unavailable(1)],
    ['a lost request', lost],
    ['a gateway that answers with a page', () => new Response('<h1>Bad Gateway</h1>', { status: 502 })],
    ['an answer that was cut off', () => new Response('{"access_token":"ey', { status: 200 })],
  ])('tries again after %s', async (_, how) => {
    failTimes(3, how);
    server.clock.pass(16 * MINUTE);
    expect(await browser.passing(asked(client))).toBe(client.user!.id);
    expect(browser.countOf('POST /auth/refresh')).toBe(4);
    // Each try with the same key.
    const keys = browser.sent.filter(isRefresh).map(({ headers }) => headers.get('idempotency-key'));
    expect(keys[0]).toHaveLength(keys[0]!.length);
    expect(new Set(keys).size).toBe(1);
  });

  it('gives up after four tries, says why, and keeps what it holds', async () => {
    failTimes(Infinity, () => unavailable(2));
    server.clock.pass(16 * MINUTE);
    await expect(browser.passing(asked(client))).rejects.toMatchObject({
      code: 'AUTH_STORE_UNAVAILABLE',
      status: 503,
      retryAfter: 2,
    });
    expect(browser.countOf('POST /auth/refresh')).toBe(4);
    expect(client.user).not.toBeNull();
    browser.network = {};
    expect(await asked(client)).toBe(client.user!.id);
  });

  it('does not wait longer than ten seconds: it says how long the server asks for', async () => {
    failTimes(Infinity, () => unavailable(60));
    await expect(client.refresh()).rejects.toMatchObject({ status: 503, retryAfter: 60 });
    expect(browser.countOf('POST /auth/refresh')).toBe(1);
  });

  it('says that the server is not reached', async () => {
    failTimes(Infinity, lost);
    await expect(browser.passing(client.refresh())).rejects.toMatchObject({
      code: 'AUTH_CLIENT_UNREACHABLE',
      status: 0,
      cause: expect.any(TypeError),
    });
    expect(client.user).not.toBeNull();
  });

  it('cancels a request that is not answered, and tries again', async () => {
    let isFirst = true;
    browser.network.before = async ({ signal }) => {
      if (!isFirst) return;
      isFirst = false;
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
    };
    await browser.passing(client.refresh());
    expect(browser.countOf('POST /auth/refresh')).toBe(2);
  });

  it('hands 429 to the caller, and keeps what it holds', async () => {
    const body = { statusCode: 429, code: 'AUTH_REFRESH_BUSY', message: 'Wait.' };
    failTimes(1, () => Response.json(body, { status: 429, headers: { 'Retry-After': '5' } }));
    await expect(client.refresh()).rejects.toMatchObject({ code: 'AUTH_REFRESH_BUSY', retryAfter: 5 });
    expect(browser.countOf('POST /auth/refresh')).toBe(1);
    expect(client.user).not.toBeNull();
  });

  it('takes a 401 of a proxy for no sign-out', async () => {
    failTimes(1, () => new Response('Who are you?', { status: 401 }));
    await expect(client.refresh()).rejects.toMatchObject({ code: null, status: 401 });
    expect(client.user).not.toBeNull();
  });

  it('takes the page of a captive portal for no answer', async () => {
    failTimes(Infinity, () => Response.json({ hotel: 'Welcome' }));
    await expect(client.refresh()).rejects.toMatchObject({ code: null, status: 200 });
    expect(client.user).not.toBeNull();
  });

  it('goes on after a lost answer: at once, and 59 minutes later', async () => {
    for (const minutes of [0, 59]) {
      browser.network.after = (request) => (isRefresh(request) ? lost() : undefined);
      await expect(browser.passing(client.refresh())).rejects.toMatchObject({ status: 0 });
      browser.network = {};
      server.clock.pass(minutes * MINUTE);
      await client.refresh();
      expect(await asked(client)).toBe(client.user!.id);
    }
    expect(server.app.events.some(({ type }) => type === 'reuse_detected')).toBe(false);
  });

  it('goes on when an answer that was overtaken sets the cookie back', async () => {
    const place = server.app.url.replace('http:', 'https:');
    await client.refresh();
    const [former] = await browser.jar.getCookies(place);
    const formerText = former!.toString();
    await client.refresh();
    await browser.jar.setCookie(`${formerText}; Path=/; Secure; HttpOnly`, place);
    server.clock.pass(59 * MINUTE);
    await client.refresh();
    expect(await asked(client)).toBe(client.user!.id);
    expect(server.app.events.some(({ type }) => type === 'reuse_detected')).toBe(false);
  });

  it('is not signed out by a page that loads while the server fails', async () => {
    const { id } = client.user!;
    client.close();
    const opened = browser.tab();
    failTimes(Infinity, () => unavailable());
    await expect(browser.passing(opened.restore())).rejects.toMatchObject({ status: 503 });
    expect(opened.user).not.toBeNull();
    browser.network = {};
    await expect(opened.restore()).resolves.toMatchObject({ id });
  });

  describe('a sign-out while offline', () => {
    beforeEach(() => {
      browser.network.before = lost;
    });

    it('signs out every tab, and says that the server does not know', async () => {
      const other = browser.tab();
      await until('it knows', () => other.user?.id === client.user!.id);
      await expect(client.signOut()).rejects.toMatchObject({ code: 'AUTH_CLIENT_UNREACHABLE' });
      expect(client.user).toBeNull();
      await until('it is told', () => other.user === null);
    });

    it('is made up for by the next page, before it asks who is signed in', async () => {
      const { id } = client.user!;
      const live = await server.app.authentication.listSignIns(id);
      await client.signOut().catch(() => null);
      client.close();
      await expect(browser.passing(browser.tab().restore())).rejects.toMatchObject({ status: 0 });
      browser.network = {};
      await expect(browser.tab().restore()).resolves.toBeNull();
      expect(await server.app.authentication.listSignIns(id)).toHaveLength(live.length - 1);
      expect(browser.countOf('POST /auth/refresh')).toBe(0);
    });

    it('is made up for by a second sign-out, and by a sign-in', async () => {
      const { id } = client.user!;
      await client.signOut().catch(() => null);
      browser.network = {};
      const live = await server.app.authentication.listSignIns(id);
      await client.signOut();
      expect(await server.app.authentication.listSignIns(id)).toHaveLength(live.length - 1);
      browser.network.before = lost;
      await client.signOut().catch(() => null);
      browser.network = {};
      const bob = await signIn(client, 'bob');
      await client.refresh();
      expect(await asked(client)).toBe(bob.id);
    });
  });
});
