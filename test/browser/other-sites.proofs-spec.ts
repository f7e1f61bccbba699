// What pages of other sites, sibling hosts and other ports make a signed-in browser do, with SameSite=Strict and without it.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { Page } from 'playwright-core';
import { PASSWORD } from '../support/sign-ins.js';
import { ADAPTERS } from '../support/test-app.js';
import { Browser, cookieNames } from './browser.js';
import {
  APP_HOST,
  FOREIGN_HOST,
  type OwnApp,
  SIBLING_HOST,
  signInBy,
  startOwnApp,
  whoIs,
} from './own-app.js';
import { formAnswered, sentForm, Site } from './site.js';

jest.setTimeout(90_000);

let browser: Browser;
let site: Site;
beforeAll(async () => {
  browser = await Browser.start();
  site = await Site.start();
});
afterAll(async () => {
  site.close();
  await browser.close();
});
afterEach(() => browser.closePeople());

const PLACES = [
  ['another site', FOREIGN_HOST],
  ['the other loopback name', '127.0.0.1'],
  ['a sibling host', SIBLING_HOST],
  ['another port', APP_HOST],
] as const;

describe.each(ADAPTERS)('pages of other places, in Chromium (%s)', (adapter) => {
  // `none` takes the browser's own protection away: what is left is the check of the origin.
  describe.each(['strict', 'none'] as const)('with SameSite %s', (sameSite) => {
    let app: OwnApp;
    let page: Page;
    beforeAll(async () => {
      const cookies = { session: { sameSite }, refresh: { sameSite } };
      app = await startOwnApp(adapter, { cookies, accessTokens: { cookie: true } });
    });
    beforeEach(async () => {
      page = await browser.page();
      await page.goto(app.at('/'));
    });
    afterAll(() => app.close());

    const submitted = (host: string, action: string, fields: Record<string, string>, enctype: string) =>
      formAnswered(page, site.page(host, '/form', sentForm(action, fields, enctype)), action);
    const values = async () =>
      (await page.context().cookies()).map(({ name, value }) => `${name}=${value}`).sort();

    describe.each(PLACES)('%s', (_place, host) => {
      it.each(['session', 'hybrid'] as const)('signs no one out, and spends nothing: %s', async (mode) => {
        await signInBy(page, mode);
        const kept = await values();
        for (const path of ['logout', 'refresh', 'logout-all', 'access-token/revoke', 'step-up']) {
          for (const enctype of ['application/x-www-form-urlencoded', 'text/plain', 'multipart/form-data'])
            await submitted(host, app.at(`/auth/${path}`), { a: 'b' }, enctype);
          expect([path, await values()]).toEqual([path, kept]);
        }
        await page.goto(app.at('/'));
        expect(await whoIs(page)).toBe('ada');
        expect(app.events.filter(({ type }) => type === 'sign_in_ended')).toEqual([]);
      });

      it('signs no one in', async () => {
        const json = JSON.stringify({ identifier: 'eve', password: PASSWORD }).slice(0, -1);
        for (const [fields, enctype] of [
          [{ identifier: 'eve', password: PASSWORD }, ''],
          // A body that reads as JSON: {"identifier":"eve","password":"...","x":"="}
          [{ [`${json},"x":"`]: '"}' }, 'text/plain'],
        ] as const) {
          await submitted(host, app.at('/auth/login'), fields, enctype);
          expect(await cookieNames(page.context())).toEqual([]);
        }
      });

      it('acts by no fetch, and reads nothing', async () => {
        await signInBy(page, 'session');
        const kept = await values();
        await page.goto(site.page(host, '/fetch', '<title>elsewhere</title>'));
        const tried = await page.evaluate(async (base: string) => {
          const read: string[] = [];
          for (const [path, method] of [
            ['me', 'GET'],
            ['sign-ins', 'GET'],
            ['logout', 'POST'],
            ['logout-all', 'POST'],
            ['refresh', 'POST'],
          ])
            for (const mode of ['cors', 'no-cors'] as const)
              for (const type of ['text/plain', 'application/json'])
                await fetch(`${base}${path}`, {
                  method: method!,
                  mode,
                  credentials: 'include',
                  ...(method === 'POST' && { body: '{}', headers: { 'Content-Type': type } }),
                }).then(
                  async (answer) => read.push(`${path} ${await answer.text()}`),
                  () => undefined,
                );
          return read.filter((text) => !/^\S+ $/.test(text));
        }, app.at('/auth/'));
        expect(tried).toEqual([]);
        expect(await values()).toEqual(kept);
        await page.goto(app.at('/'));
        expect(await whoIs(page)).toBe('ada');
      });
    });
  });
});
