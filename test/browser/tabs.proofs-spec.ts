// Several tabs of one person, and several browsers of one user.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { BrowserContext, Page } from 'playwright-core';
import { ADAPTERS } from '../support/test-app.js';
import { Browser, post } from './browser.js';
import { LosingProxy } from './losing-proxy.js';
import { APP_HOST, type OwnApp, signInBy, startOwnApp, whoIs } from './own-app.js';

jest.setTimeout(90_000);

const TABS = 6;
let browser: Browser;
beforeAll(async () => void (browser = await Browser.start()));
afterAll(() => browser.close());

describe.each(ADAPTERS)('tabs in Chromium (%s)', (adapter) => {
  let app: OwnApp;
  let person: BrowserContext;
  let tabs: Page[];
  beforeEach(async () => {
    app = await startOwnApp(adapter, {
      accessTokens: { cookie: true },
      maxSignInsPerSubject: 3,
      onSignInLimit: 'end-oldest',
    });
    person = await browser.person();
    tabs = await Promise.all(Array.from({ length: TABS }, () => person.newPage()));
    await Promise.all(tabs.map((tab) => tab.goto(app.at('/'))));
  });
  afterEach(async () => {
    await browser.closePeople();
    await app.close();
  });
  const all = <T>(ask: (tab: Page) => Promise<T>) => Promise.all(tabs.map(ask));
  const same = <T>(value: T): T[] => Array.from({ length: TABS }, () => value);

  // Each request of a round has the same token. `nestjs-aerie/client` needs no such luck: test/client.
  it('that refresh at once, round after round, all stay signed in', async () => {
    await signInBy(tabs[0]!, 'hybrid');
    const proxy = await LosingProxy.before(app.port);
    await all((tab) => tab.goto(`http://${APP_HOST}:${proxy.port}/`));
    for (let round = 0; round < 5; round++) {
      proxy.gather('/auth/refresh', TABS);
      expect(await all(async (tab) => (await post(tab, '/auth/refresh')).status)).toEqual(same(200));
      expect(await all((tab) => whoIs(tab))).toEqual(same('ada'));
    }
    proxy.close();
    expect(app.events.filter(({ type }) => type === 'token_replayed')).toHaveLength(5 * (TABS - 1));
    expect(app.events.filter(({ type }) => type === 'sign_in_ended')).toEqual([]);
    expect(await app.authentication.listSignIns('ada')).toHaveLength(1);
  });

  it.each(['session', 'hybrid'] as const)('are all signed out by a logout in one: %s', async (mode) => {
    await signInBy(tabs[0]!, mode);
    expect(await all((tab) => whoIs(tab))).toEqual(same('ada'));
    expect((await post(tabs[1]!, '/auth/logout')).status).toBe(204);
    expect(await all((tab) => whoIs(tab))).toEqual(same('AUTH_CREDENTIALS_MISSING'));
    expect(await all(async (tab) => (await post(tab, '/auth/refresh')).status)).toEqual(same(401));
    expect(await person.cookies()).toHaveLength(1);
  });

  it('that refresh while one of them logs out leave no one signed in', async () => {
    for (let round = 0; round < 10; round++) {
      await signInBy(tabs[0]!, 'hybrid');
      await all((tab) => post(tab, tab === tabs[1] ? '/auth/logout' : '/auth/refresh'));
      expect(await all((tab) => whoIs(tab))).not.toContain('ada');
      expect(await app.authentication.listSignIns('ada')).toEqual([]);
    }
  });

  it.each(['session', 'hybrid'] as const)('all belong to the user who signed in last: %s', async (mode) => {
    await signInBy(tabs[0]!, mode);
    await signInBy(tabs[1]!, mode, 'eve');
    expect(await all((tab) => whoIs(tab))).toEqual(same('eve'));
    expect(await app.authentication.listSignIns('ada')).toEqual([]);
  });

  it('of five browsers: the limit of sign-ins ends the oldest, and one browser ends another', async () => {
    const pages: Page[] = [];
    for (let one = 0; one < 5; one++) {
      const page = await browser.page();
      await page.goto(app.at('/'));
      await signInBy(page, one % 2 === 0 ? 'session' : 'hybrid');
      pages.push(page);
    }
    const whose = async () =>
      (await Promise.all(pages.map((page) => whoIs(page)))).map((who) => who === 'ada');
    expect(await whose()).toEqual([false, false, true, true, true]);
    const list = (): Promise<{ id: string; current: boolean }[]> =>
      pages[4]!.evaluate(`fetch('/auth/sign-ins').then((answer) => answer.json())`);
    const others = (await list()).filter(({ current }) => !current);
    expect(others).toHaveLength(2);
    for (const { id } of others)
      expect(
        await pages[4]!.evaluate(`fetch('/auth/sign-ins/${id}', { method: 'DELETE' }).then((a) => a.status)`),
      ).toBe(204);
    expect(await whose()).toEqual([false, false, false, false, true]);
  });
});
