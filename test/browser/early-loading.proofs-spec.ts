// Pages that a browser loads before anyone opens them: prefetched and prerendered links spend nothing.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { Page } from 'playwright-core';
import { freshAddress, type Places, startFlows } from '../account-flows/places.js';
import { ADAPTERS } from '../support/test-app.js';
import { until } from '../support/until.js';
import { Browser, post } from './browser.js';
import { OwnPagesController, whoIs } from './own-app.js';
import { Site } from './site.js';

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

describe.each(ADAPTERS)('a magic link that is loaded early, in Chromium (%s)', (adapter) => {
  let places: Places;
  let ada: string;
  let id: string;
  /** Requests for the link's page and its script, and why the browser made them. */
  const seen: { readonly path: string; readonly purpose: string | undefined }[] = [];
  beforeAll(async () => {
    const note = (
      request: { originalUrl?: string; url: string; headers: any },
      _: unknown,
      next: () => void,
    ) => {
      seen.push({ path: request.originalUrl ?? request.url, purpose: request.headers['sec-purpose'] });
      next();
    };
    const configure = (app: { use(middleware: typeof note): unknown }) => void app.use(note);
    places = await startFlows({ adapter, controllers: [OwnPagesController], configure }, { magicLink: true });
  });
  beforeEach(async () => {
    seen.length = 0;
    ada = freshAddress();
    ({ id } = await places.users.addVerified(ada));
  });
  afterAll(() => places.close());

  const at = (path: string) => places.app.url + path;
  const asked = async (page: Page) => {
    await page.goto(at('/?asking'));
    expect((await post(page, '/auth/magic/send', { identifier: ada })).status).toBe(202);
    const { pathname, hash } = new URL((await places.mailer.last(ada, 'magic-link')).link!);
    return at(pathname + hash);
  };
  const signIns = async () => (await places.app.authentication.listSignIns(id)).length;
  const load = (page: Page, kind: string, url: string) =>
    page.evaluate(`(() => {
      const script = document.createElement('script');
      script.type = 'speculationrules';
      script.textContent = JSON.stringify({ ${kind}: [{ source: 'list', urls: [${JSON.stringify(url)}] }] });
      document.head.append(script);
    })()`);

  it.each([
    [
      '<link rel="prefetch">',
      (page: Page, link: string) =>
        page.evaluate(
          `document.head.append(Object.assign(document.createElement('link'), { rel: 'prefetch', href: ${JSON.stringify(link)} }))`,
        ),
    ],
    ['speculation rules', (page: Page, link: string) => load(page, 'prefetch', link)],
  ])('by a prefetch of an own page signs in as before: %s', async (_how, prefetch) => {
    const page = await browser.page();
    const link = await asked(page);
    await prefetch(page, link);
    await until('the browser loads it early', () =>
      seen.some(({ purpose = '' }) => purpose.includes('prefetch')),
    );
    expect(await signIns()).toBe(0);
    await page.evaluate(`location.href = ${JSON.stringify(link)}`);
    await page.waitForURL(at('/'));
    expect([await whoIs(page), await signIns()]).toEqual([id, 1]);
  });

  it('by a page of another site signs in as before', async () => {
    const page = await browser.page();
    const link = await asked(page);
    await page.goto(
      site.page('localhost', '/mail', `<link rel="prefetch" href="${link}"><a href="${link}">Sign in</a>`),
    );
    await until('the browser loads it early', () =>
      seen.some(({ purpose = '' }) => purpose.includes('prefetch')),
    );
    expect(await signIns()).toBe(0);
    await page.locator('a').click();
    await page.waitForURL(at('/'));
    expect([await whoIs(page), await signIns()]).toEqual([id, 1]);
  });
});
