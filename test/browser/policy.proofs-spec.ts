// The content security policies hold in a browser: what is put into a page from outside does not run, load or lead away.
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { handover } from 'nestjs-aerie/handover';
import { accountFlows } from 'nestjs-aerie/account-flows';
import type { Page } from 'playwright-core';
import { type PageApp, startPage } from '../demo/page-app.js';
import { AccountUsers, AccountUsersModule } from '../support/account-users.js';
import { ADAPTERS, startTestApp, type TestApp } from '../support/test-app.js';
import { TestMailer } from '../support/test-mailer.js';
import { Browser, complaintsOf } from './browser.js';
import { FOREIGN_HOST } from './own-app.js';
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

/** Puts these into the page, as a hole in it would, and gives the directives that refused them. */
const injected = (page: Page, elsewhere: string): Promise<{ ran: unknown; refused: string[] }> =>
  page.evaluate(`(async () => {
    const refused = new Set();
    addEventListener('securitypolicyviolation', ({ effectiveDirective }) => refused.add(effectiveDirective));
    const put = (name, properties) =>
      document.body.append(Object.assign(document.createElement(name), properties));
    put('script', { textContent: 'window.ran = "an inline script"' });
    put('script', { src: '${elsewhere}' });
    put('img', { src: '${elsewhere}' });
    put('iframe', { src: '${elsewhere}' });
    put('style', { textContent: 'body { color: red }' });
    document.body.setAttribute('onclick', 'window.ran = "a handler"');
    document.body.click();
    await fetch('${elsewhere}').catch(() => {});
    put('form', { action: '${elsewhere}', method: 'post' });
    document.forms[document.forms.length - 1].submit();
    await new Promise((resolve) => setTimeout(resolve, 300));
    return { ran: window.ran ?? null, refused: [...refused].sort() };
  })()`);

describe.each(ADAPTERS)('policies in Chromium (%s)', (adapter) => {
  let app: TestApp;
  let demo: PageApp;
  beforeAll(async () => {
    const mailer = new TestMailer();
    const features = [accountFlows({ mailer, waitUntil: mailer.waitUntil, magicLink: true }), handover()];
    const options = { imports: [AccountUsersModule], users: AccountUsers, features };
    [app, demo] = await Promise.all([startTestApp({ adapter, options }), startPage(adapter)]);
  });
  afterAll(async () => {
    await app.close();
    await demo.close();
  });

  it.each([
    ['/', 'demo'],
    ['/auth/magic', 'library'],
    ['/auth/password/reset', 'library'],
    ['/auth/email/verify', 'library'],
    ['/auth/not-me', 'library'],
    ['/auth/handover/open', 'library'],
  ] as const)('%s runs, loads and sends nothing that is put into it', async (path, whose) => {
    const page = await browser.page();
    const complaints = complaintsOf(page);
    const url = (whose === 'demo' ? demo.url : app.url) + path;
    await page.goto(url);
    // The answer of a link that is none is 400, which the browser notes.
    expect(complaints.filter((one) => !one.includes('Failed to load resource'))).toEqual([]);
    const elsewhere = site.page(FOREIGN_HOST, '/elsewhere', 'elsewhere');
    site.requests.length = 0;
    const { ran, refused } = await injected(page, elsewhere);
    expect(ran).toBeNull();
    expect(refused).toEqual(
      expect.arrayContaining([
        'connect-src',
        'form-action',
        'frame-src',
        'img-src',
        'script-src-elem',
        'style-src-elem',
      ]),
    );
    expect(refused).toEqual(expect.arrayContaining(['script-src-attr']));
    expect(page.url()).toBe(url);
    expect(site.requests).toEqual([]);
  });

  it.each([
    ['/', 'demo'],
    ['/auth/magic', 'library'],
    ['/auth/password/reset', 'library'],
    ['/auth/not-me', 'library'],
    ['/auth/handover/open', 'library'],
  ] as const)('%s is shown in no frame of another site', async (path, whose) => {
    const page = await browser.page();
    const url = (whose === 'demo' ? demo.url : app.url) + path;
    await page.goto(site.page(FOREIGN_HOST, '/frame', `<iframe src="${url}"></iframe>`));
    expect(page.frames()[1]!.url()).not.toBe(url);
  });
});
