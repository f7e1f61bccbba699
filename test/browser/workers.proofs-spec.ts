// An application with the service worker that most tutorials begin with: it hears of requests from other sites' pages, too.
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Controller, Get, Header } from '@nestjs/common';
import { Public } from 'nestjs-aerie';
import { ADAPTERS } from '../support/test-app.js';
import { Browser, post } from './browser.js';
import { FOREIGN_HOST, type OwnApp, SIBLING_HOST, signInBy, startOwnApp, whoIs } from './own-app.js';
import { formAnswered, sentForm, Site } from './site.js';

jest.setTimeout(90_000);

@Controller()
class WorkerController {
  @Public()
  @Get('worker.js')
  @Header('Content-Type', 'text/javascript')
  worker() {
    return `addEventListener('activate', (event) => event.waitUntil(clients.claim()));
      addEventListener('fetch', (event) => event.respondWith(fetch(event.request)));`;
  }
}

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

describe.each(ADAPTERS)('an application with a service worker, in Chromium (%s)', (adapter) => {
  let app: OwnApp;
  beforeAll(async () => void (app = await startOwnApp(adapter, {}, { controllers: [WorkerController] })));
  afterAll(() => app.close());

  const withWorker = async () => {
    const page = await browser.page();
    await page.goto(app.at('/'));
    await page.evaluate(`new Promise((done) => {
      navigator.serviceWorker.addEventListener('controllerchange', done);
      navigator.serviceWorker.register('/worker.js');
    })`);
    return page;
  };

  it.each([
    ['another site', FOREIGN_HOST],
    ['a sibling host', SIBLING_HOST],
  ])('is as closed to forms of %s', async (_place, host) => {
    for (const mode of ['session', 'hybrid'] as const) {
      const page = await withWorker();
      await signInBy(page, mode);
      for (const path of ['logout', 'refresh', 'logout-all']) {
        const action = app.at(`/auth/${path}`);
        await formAnswered(page, site.page(host, '/form', sentForm(action)), action);
      }
      await page.goto(app.at('/'));
      if (mode === 'session') expect(await whoIs(page)).toBe('ada');
      else expect((await post(page, '/auth/refresh')).status).toBe(200);
    }
    expect(app.events.filter(({ type }) => type === 'sign_in_ended')).toEqual([]);
  });

  it('signs in, stays and signs out through it', async () => {
    const page = await withWorker();
    await signInBy(page, 'session');
    await page.locator('#account').click();
    await page.getByText('account of ada').waitFor();
    expect((await post(page, '/auth/logout')).status).toBe(204);
    await page.goto(app.at('/account'));
    expect(await page.content()).toContain('AUTH_CREDENTIALS_MISSING');
  });
});
