// Answers that the application gave and the browser never got.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { Page } from 'playwright-core';
import { PASSWORD } from '../support/sign-ins.js';
import { ADAPTERS } from '../support/test-app.js';
import { Browser, cookieNames, post } from './browser.js';
import { APP_HOST, type OwnApp, signInBy, startOwnApp, whoIs } from './own-app.js';
import { LosingProxy } from './losing-proxy.js';

jest.setTimeout(90_000);

let browser: Browser;
beforeAll(async () => void (browser = await Browser.start()));
afterAll(() => browser.close());

describe.each(ADAPTERS)('a lost answer, in Chromium (%s)', (adapter) => {
  let app: OwnApp;
  let proxy: LosingProxy;
  let page: Page;
  beforeAll(async () => {
    app = await startOwnApp(adapter, { accessTokens: { cookie: true } });
    proxy = await LosingProxy.before(app.port);
  });
  beforeEach(async () => {
    app.events.length = 0;
    proxy.asked.clear();
    page = await browser.page();
    await page.goto(`http://${APP_HOST}:${proxy.port}/`);
  });
  afterEach(() => browser.closePeople());
  afterAll(async () => {
    proxy.close();
    await app.close();
  });

  /** The request of a page fails; gives the number of times that the application was asked. */
  const loses = async (path: string, body: object = {}): Promise<number> => {
    const before = proxy.asked.get(path) ?? 0;
    await proxy.losing(path, () => expect(post(page, path, body)).rejects.toThrow('Failed to fetch'));
    return (proxy.asked.get(path) ?? 0) - before;
  };
  const refreshCookie = async () =>
    (await page.context().cookies()).find(({ name }) => name === '__Host-refresh')!.value;

  it('to a refresh costs nothing: the next one has the same successor', async () => {
    await signInBy(page, 'hybrid');
    const former = await refreshCookie();
    expect(await loses('/auth/refresh')).toBeGreaterThan(0);
    expect(await refreshCookie()).toBe(former);
    expect(await whoIs(page)).toBe('ada');
    expect((await post(page, '/auth/refresh')).status).toBe(200);
    expect(await refreshCookie()).not.toBe(former);
    expect((await post(page, '/auth/refresh')).status).toBe(200);
    const types = app.events.map(({ type }) => type);
    expect(types.filter((type) => type === 'sign_in_ended' || /reuse/.test(type))).toEqual([]);
  });

  it('to twenty refreshes in a row costs nothing either', async () => {
    await signInBy(page, 'hybrid');
    for (let round = 0; round < 20; round++) {
      await loses('/auth/refresh');
      expect((await post(page, '/auth/refresh')).status).toBe(200);
    }
    expect(await whoIs(page)).toBe('ada');
  });

  it.each(['session', 'hybrid'] as const)(
    'to a login leaves the browser signed out, and the next one works: %s',
    async (mode) => {
      await loses('/auth/login', { identifier: 'ada', password: PASSWORD, mode });
      expect(await cookieNames(page.context())).toEqual([]);
      await signInBy(page, mode);
      expect(await whoIs(page)).toBe('ada');
    },
  );

  it.each(['session', 'hybrid'] as const)(
    'to a logout has signed out all the same, and the next one clears the cookies: %s',
    async (mode) => {
      await signInBy(page, mode);
      await loses('/auth/logout');
      expect(await cookieNames(page.context())).toContain(
        `__Host-${mode === 'session' ? 'session' : 'refresh'}`,
      );
      expect(await whoIs(page)).not.toBe('ada');
      expect((await post(page, '/auth/logout')).status).toBe(204);
      expect(await cookieNames(page.context())).toEqual(['__Host-device']);
    },
  );
});
