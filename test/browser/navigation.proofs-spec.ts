// Ways into an application that begin on another site: links, frames, and what the address tells others.
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { ADAPTERS } from '../support/test-app.js';
import { Browser, cookieNames, historyOf, post } from './browser.js';
import { FOREIGN_HOST, type OwnApp, SIBLING_HOST, signInBy, startOwnApp, whoIs } from './own-app.js';
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

describe.each(ADAPTERS)('from another site, in Chromium (%s)', (adapter) => {
  let app: OwnApp;
  const start = async (options: Parameters<typeof startOwnApp>[1] = {}) => {
    app = await startOwnApp(adapter, options);
    const page = await browser.page();
    await page.goto(app.at('/'));
    return page;
  };
  afterEach(async () => {
    await browser.closePeople();
    await app.close();
  });
  const link = () => site.page(FOREIGN_HOST, '/link', `<a href="${app.at('/account')}">Your account</a>`);

  it('a link finds the user signed out with SameSite=Strict, and signed in at the next click', async () => {
    const page = await start();
    await signInBy(page, 'session');
    await page.goto(link());
    await page.locator('a').click();
    await page.waitForURL(app.at('/account'));
    expect(await page.content()).toContain('AUTH_CREDENTIALS_MISSING');
    expect(await cookieNames(page.context())).toContain('__Host-session');
    // A click on a page of the application.
    await page.goto(app.at('/'));
    await page.locator('#account').click();
    await page.getByText('account of ada').waitFor();
  });

  it('a link finds the user signed in with SameSite=Lax, and no form does', async () => {
    const page = await start({ cookies: { session: { sameSite: 'lax' } } });
    await signInBy(page, 'session');
    await page.goto(link());
    await page.locator('a').click();
    await page.getByText('account of ada').waitFor();
    await page.goto(
      site.page(
        FOREIGN_HOST,
        '/form',
        `<form method="post" action="${app.at('/orders')}"><button>Order</button></form>`,
      ),
    );
    await page.locator('button').click();
    await page.waitForURL(app.at('/orders'));
    expect(await page.content()).toMatch(/AUTH_(CREDENTIALS_MISSING|CSRF_REJECTED)/);
  });

  it('a frame shows no account', async () => {
    const page = await start();
    await signInBy(page, 'session');
    await page.goto(site.page(FOREIGN_HOST, '/frame', `<iframe src="${app.at('/account')}"></iframe>`));
    const frame = page.frames()[1]!;
    await frame.waitForURL(app.at('/account'));
    expect(await frame.content()).toContain('AUTH_CREDENTIALS_MISSING');
  });

  it('a frame keeps cookies of its own with `partitioned`, until its logout', async () => {
    const page = await start({ cookies: { partitioned: true } });
    await signInBy(page, 'session', 'eve');
    await page.goto(site.page(FOREIGN_HOST, '/frame', `<iframe src="${app.at('/')}"></iframe>`));
    const frame = page.frames()[1]!;
    await frame.waitForURL(app.at('/'));
    const asked = (path: string, method = 'GET', body?: object): Promise<any> =>
      frame.evaluate(
        async ([url, verb, text]) => {
          const headers = { 'Content-Type': 'application/json' };
          const init = { method: verb!, headers, ...(text && { body: text }) };
          const answer = await fetch(url!, init);
          return answer.text();
        },
        [path, method, body && JSON.stringify(body)] as const,
      );
    expect(await asked('/auth/me')).toContain('AUTH_CREDENTIALS_MISSING');
    const login = { identifier: 'ada', password: 'correct horse battery', mode: 'session' };
    expect(await asked('/auth/login', 'POST', login)).toContain('"ada"');
    expect(await asked('/auth/me')).toContain('"ada"');
    expect(await asked('/auth/logout', 'POST')).toBe('');
    expect(await asked('/auth/me')).toContain('AUTH_CREDENTIALS_MISSING');
    // The application's own tab is another jar.
    await page.goto(app.at('/'));
    expect(await whoIs(page)).toBe('eve');
  });

  it.each([
    ['another site', FOREIGN_HOST],
    ['a sibling host', SIBLING_HOST],
  ])('no address tells %s of a sign-in', async (_place, host) => {
    const page = await start();
    await signInBy(page, 'session');
    await post(page, '/auth/refresh');
    const away = site.page(host, '/away', 'away');
    site.requests.length = 0;
    await page.evaluate(`location.href = ${JSON.stringify(away)}`);
    await page.waitForURL(away);
    const told = JSON.stringify(site.requests);
    expect(told).not.toMatch(/s2_|rt1_|eyJ|__Host-/);
    expect((await historyOf(page)).join(' ')).not.toMatch(/s2_|rt1_|eyJ|\?/);
  });
});
