// What a script in the page can reach: no credential of a session, wherever it looks; of a hybrid sign-in no refresh token.
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { Page } from 'playwright-core';
import { ADAPTERS } from '../support/test-app.js';
import { Browser, historyOf } from './browser.js';
import { type OwnApp, signInBy, startOwnApp, whoIs } from './own-app.js';
import { REACHABLE_STRINGS } from './reachable.js';

jest.setTimeout(90_000);

let browser: Browser;
beforeAll(async () => void (browser = await Browser.start()));
afterAll(() => browser.close());

const CREDENTIAL = /s2_[\w-]{20}|rt1_[\w-]{20}|eyJ[\w-]+\.[\w-]+\.[\w-]+/;

describe.each(ADAPTERS)('what a script in the page reaches, in Chromium (%s)', (adapter) => {
  let app: OwnApp;
  const start = async (cookie = false) => {
    app = await startOwnApp(adapter, { accessTokens: { cookie } });
    const page = await browser.page();
    await page.goto(app.at('/'));
    return page;
  };
  afterEach(async () => {
    await browser.closePeople();
    await app.close();
  });
  /** Strings that the page can reach and that hold a credential, by shape or by the value of a cookie. */
  const credentialsIn = async (page: Page): Promise<readonly string[]> => {
    const secrets = (await page.context().cookies()).map(({ value }) => value);
    const reached = await page.evaluate<string[]>(REACHABLE_STRINGS);
    expect(reached.length).toBeGreaterThan(1_000);
    return [...reached, ...(await historyOf(page))].filter(
      (text) => CREDENTIAL.test(text) || secrets.some((secret) => text.includes(secret)),
    );
  };

  it.each([
    ['session', false],
    ['hybrid', true],
  ] as const)('holds no credential: %s, access tokens in a cookie %s', async (mode, cookie) => {
    const page = await start(cookie);
    // The answers are kept where a careless page keeps them.
    await page.evaluate(`Object.assign(window, { state: { answers: [] }, realFetch: fetch, fetch: async (...input) => {
      const answer = await realFetch(...input);
      state.answers.push([...answer.headers].flat(), await answer.clone().text());
      localStorage.setItem('answers', JSON.stringify(state.answers));
      return answer;
    } })`);
    await signInBy(page, mode);
    await page.evaluate(`fetch('/auth/refresh', { method: 'POST' })`);
    expect(await whoIs(page)).toBe('ada');
    expect(await page.evaluate('state.answers.length')).toBeGreaterThan(5);
    expect(await credentialsIn(page)).toEqual([]);
    expect(await page.evaluate('document.cookie')).toBe('');
    await page.reload();
    expect(await credentialsIn(page)).toEqual([]);
  });

  it('holds an access token of a hybrid sign-in where the page puts it, and no refresh token', async () => {
    const page = await start();
    const body = await signInBy(page, 'hybrid');
    await page.evaluate((answer: unknown) => void Object.assign(globalThis, { kept: { answer } }), body);
    const found = await credentialsIn(page);
    expect(found).toEqual([body.access_token]);
    // Gone with the page.
    await page.reload();
    expect(await credentialsIn(page)).toEqual([]);
  });

  it.each([
    ['a deep object', `window.a = { b: [new Map([['c', { d: 'TOKEN' }]])] }`],
    ['a symbol and a class', `window.z = new (class { [Symbol('x')] = 'TOKEN' })()`],
    ['localStorage', `localStorage.setItem('x', 'TOKEN')`],
    ['sessionStorage', `sessionStorage.setItem('x', 'TOKEN')`],
    ['the state of the history', `history.replaceState({ x: 'TOKEN' }, '')`],
    ['the address', `history.replaceState(null, '', '#TOKEN')`],
    [
      'the document',
      `document.body.append(Object.assign(document.createElement('input'), { value: 'TOKEN' }))`,
    ],
    ['the name of the window', `window.name = 'TOKEN'`],
    ['a cookie', `document.cookie = 'x=TOKEN'`],
    ['the cache', `caches.open('x').then((cache) => cache.put('/x', new Response('TOKEN')))`],
    [
      'IndexedDB',
      `new Promise((done) => {
        const asked = indexedDB.open('x');
        asked.onupgradeneeded = () => asked.result.createObjectStore('x');
        asked.onsuccess = () => {
          const work = asked.result.transaction('x', 'readwrite');
          work.objectStore('x').put({ token: 'TOKEN' }, 'x');
          work.oncomplete = done;
        };
      }).then(() => undefined)`,
    ],
  ])('is found in %s', async (_where, script) => {
    const page = await start();
    const token = `rt1_${'a'.repeat(40)}`;
    await page.evaluate(script.replace('TOKEN', token));
    expect((await credentialsIn(page)).some((text) => text.includes(token))).toBe(true);
  });
});
