/** The browser client by each mode: what it holds, what it sends, who it says is signed in. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { AuthClientError, createAuthClient } from 'nestjs-aerie/client';
import { ADAPTERS } from '../support/test-app.js';
import { asked, type ClientApp, credentials, signIn, startClientApp } from './client-app.js';
import { FakeBrowser } from './fake-browser.js';

describe.each(ADAPTERS)('the browser client on %s', (adapter) => {
  let server: ClientApp;
  let browser: FakeBrowser;
  beforeAll(async () => void (server = await startClientApp({ adapter })));
  afterAll(() => server.app.close());
  beforeEach(() => void (browser = new FakeBrowser(server.app.url)));
  afterEach(() => browser.close());
  const reloaded = (options: Parameters<FakeBrowser['tab']>[0]) => browser.tab(options);

  describe.each(['session', 'hybrid', 'tokens'] as const)('in the mode %s', (mode) => {
    it('signs in, sends requests as the user, and signs out', async () => {
      const client = browser.tab({ mode });
      expect(client.user).toBeUndefined();
      await expect(client.restore()).resolves.toBeNull();
      expect(client.user).toBeNull();
      const user = await signIn(client);
      const live = await server.app.authentication.listSignIns(user.id);
      expect(user).toEqual({ id: expect.any(String), roles: [], scopes: [] });
      expect(client.user).toEqual(user);
      expect(await asked(client)).toBe(user.id);
      await client.signOut();
      expect(client.user).toBeNull();
      expect(await asked(client)).toBe('AUTH_CREDENTIALS_MISSING');
      const left = await server.app.authentication.listSignIns(user.id);
      expect(left).toHaveLength(live.length - 1);
    });

    it('signs out with an expired access token too', async () => {
      const client = browser.tab({ mode });
      const subject = (await server.app.users.findSubject('ada'))!;
      const idsOf = async () => (await server.app.authentication.listSignIns(subject)).map(({ id }) => id);
      const before = await idsOf();
      await signIn(client);
      const own = (await idsOf()).find((id) => !before.includes(id));
      expect(own).toBeDefined();
      server.clock.pass(16 * 60_000);
      // Sessions of other tests may have reached their idle limit by now.
      expect(await idsOf()).toContain(own);
      await client.signOut();
      expect(await idsOf()).not.toContain(own);
    });

    it('tells of another user, and of no other change', async () => {
      const client = browser.tab({ mode });
      const heard: unknown[] = [];
      const stop = client.onChange((user, former) => heard.push([user?.id, former?.id]));
      const { id } = await signIn(client);
      await client.refresh();
      await client.signOut();
      stop();
      await signIn(client);
      expect(heard).toEqual([
        [id, undefined],
        [undefined, id],
      ]);
    });

    it('reports a wrong password by its code', async () => {
      const client = browser.tab({ mode });
      const error = await client.signIn({ ...credentials(), password: 'wrong horse' }).catch((one) => one);
      expect(error).toBeInstanceOf(AuthClientError);
      expect(error).toMatchObject({ code: 'AUTH_CREDENTIALS_INVALID', status: 401, retryAfter: null });
      expect(client.user).toBeUndefined();
    });

    it('steps up, and goes on', async () => {
      const client = browser.tab({ mode });
      const { id } = await signIn(client);
      await expect(client.stepUp({ password: credentials().password })).resolves.toMatchObject({ id });
      await client.refresh();
      expect(await asked(client)).toBe(id);
      await expect(client.stepUp({ password: 'wrong horse' })).rejects.toMatchObject({
        code: 'AUTH_CREDENTIALS_INVALID',
      });
      expect(await asked(client)).toBe(id);
    });
  });

  it('in the mode session keeps nothing that a script can read', async () => {
    const client = browser.tab({ mode: 'session' });
    await signIn(client);
    await asked(client);
    expect([...browser.store.values()].join()).not.toMatch(/token|s2_/);
    expect(JSON.stringify(browser.messages)).not.toMatch(/s2_|eyJ/);
    expect(browser.sent.some(({ headers }) => headers.has('authorization'))).toBe(false);
  });

  it.each(['session', 'hybrid'] as const)('in the mode %s knows the user after a reload', async (mode) => {
    const { id } = await signIn(browser.tab({ mode }));
    await expect(reloaded({ mode }).restore()).resolves.toMatchObject({ id });
  });

  it('in the mode hybrid has the access token in memory alone', async () => {
    const client = browser.tab();
    const { id } = await signIn(client);
    expect(await asked(client)).toBe(id);
    expect(browser.sent.at(-1)!.headers.get('authorization')).toMatch(/^Bearer eyJ/);
    expect([...browser.store.values()].join()).not.toContain('eyJ');
    expect(await reloaded({}).restore()).toMatchObject({ id });
  });

  it('in the mode tokens sends no cookie, and sets none', async () => {
    const client = browser.tab({ mode: 'tokens' });
    await signIn(client);
    await client.refresh();
    expect(browser.countOf('POST /auth/refresh')).toBe(1);
    expect(await browser.jar.getCookies(server.app.url.replace('http:', 'https:'))).toEqual([]);
  });

  it('takes a request for another user from no one but the server', async () => {
    const client = browser.tab();
    const ada = await signIn(client);
    const bob = await signIn(client, 'bob');
    expect(bob.id).not.toBe(ada.id);
    expect(await asked(client)).toBe(bob.id);
  });
});

describe('createAuthClient', () => {
  it('refuses an unknown mode, and a server without an address', () => {
    const wrong = { mode: 'cookie' as never, baseUrl: 'https://api.example.com' };
    expect(() => createAuthClient(wrong)).toThrow(TypeError);
    expect(() => createAuthClient({ mode: 'tokens' })).toThrow('"baseUrl" is required');
  });

  it('needs no browser: the mode tokens with what Node.js has', async () => {
    const { app } = await startClientApp();
    const client = createAuthClient({ baseUrl: app.url, mode: 'tokens' });
    const { id } = await signIn(client);
    await client.refresh();
    expect(await asked(client)).toBe(id);
    expect(await asked(client, `${app.url}/notes`)).toBe(id);
    await client.signOut();
    client.close();
    await app.close();
  });
});

describe('with access tokens in a cookie', () => {
  it('renews an expired one, although no token is seen', async () => {
    const { app, clock } = await startClientApp({ options: { accessTokens: { cookie: true } } });
    const browser = new FakeBrowser(app.url);
    const client = browser.tab();
    const { id } = await signIn(client);
    clock.pass(16 * 60_000);
    expect(await asked(client)).toBe(id);
    expect(browser.countOf('POST /auth/refresh')).toBe(1);
    expect(browser.sent.some(({ headers }) => headers.has('authorization'))).toBe(false);
    browser.close();
    await app.close();
  });
});
