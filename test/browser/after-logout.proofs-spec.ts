// The back button after a logout, with the back-forward cache that people's browsers have.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Controller, Get, Header, UseGuards } from '@nestjs/common';
import { AnyAuthGuard, CurrentUser } from 'nestjs-aerie';
import type { Page } from 'playwright-core';
import { ADAPTERS } from '../support/test-app.js';
import { Browser, post } from './browser.js';
import { type OwnApp, signInBy, startOwnApp, whoIs } from './own-app.js';

jest.setTimeout(90_000);

/** A page of the user that forgets to say `no-store`. */
@Controller()
class KeptPageController {
  @UseGuards(AnyAuthGuard)
  @Get('kept')
  @Header('Content-Type', 'text/html')
  @Header('Cache-Control', 'max-age=600')
  kept(@CurrentUser('id') id: string) {
    return `<!doctype html><main>account of ${id}</main>
      <script>addEventListener('pageshow', ({ persisted }) => (document.title = persisted ? 'restored' : 'loaded'))</script>`;
  }
}

let browser: Browser;
beforeAll(async () => void (browser = await Browser.start()));
afterAll(() => browser.close());

describe.each(ADAPTERS)('the back button after a logout, in Chromium (%s)', (adapter) => {
  let app: OwnApp;
  let page: Page;
  beforeAll(async () => {
    const options = { accessTokens: { cookie: true } };
    app = await startOwnApp(adapter, options, { controllers: [KeptPageController] });
  });
  beforeEach(async () => {
    page = await browser.page();
    await page.goto(app.at('/'));
  });
  afterEach(() => browser.closePeople());
  afterAll(() => app.close());

  const back = async (): Promise<string> => {
    // A restored page has no `load` of its own.
    await page.goBack({ waitUntil: 'commit' });
    return page.evaluate('document.documentElement.innerText');
  };

  describe.each(['session', 'hybrid'] as const)('%s', (mode) => {
    it.each(['/account', '/auth/me', '/auth/sign-ins'])(
      'shows nothing of %s, where no-store is',
      async (path) => {
        const inAnotherTab = async () => {
          const other = await page.context().newPage();
          await other.goto(app.at('/'));
          await post(other, '/auth/logout');
          await other.close();
        };
        for (const logOut of [() => post(page, '/auth/logout'), inAnotherTab]) {
          await page.goto(app.at('/'));
          await signInBy(page, mode);
          await page.goto(app.at(path));
          expect(await page.content()).toMatch(/ada|current/);
          await page.goto(app.at('/'));
          await logOut();
          expect(await back()).toContain('AUTH_CREDENTIALS_MISSING');
        }
      },
    );

    // The browser cannot know: no cookie of its own has changed. A tab that was left open shows as much.
    it('after an end elsewhere the page may come back, and can ask for nothing', async () => {
      await signInBy(page, mode);
      await page.goto(app.at('/account'));
      await page.goto(app.at('/'));
      await app.authentication.endAllSignIns('ada');
      await back();
      expect(await whoIs(page)).toMatch(/^AUTH_/);
      expect((await post(page, '/orders')).status).toBe(401);
      await page.reload();
      expect(await page.content()).not.toContain('account of');
    });
  });

  it('shows a page without no-store again, so this browser does restore pages', async () => {
    await signInBy(page, 'session');
    await page.goto(app.at('/kept'));
    await page.goto(app.at('/'));
    await post(page, '/auth/logout');
    expect(await back()).toContain('account of ada');
    expect(await page.title()).toBe('restored');
  });
});
