// What a page of a sibling host can put into a browser, and what comes of it.
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { AuthOptions } from 'nestjs-aerie';
import { ADAPTERS } from '../support/test-app.js';
import { Browser, cookieNames, post } from './browser.js';
import {
  APP_HOST,
  FOREIGN_HOST,
  type OwnApp,
  SIBLING_HOST,
  signInBy,
  startOwnApp,
  whoIs,
} from './own-app.js';
import { Site } from './site.js';

jest.setTimeout(90_000);

const SITE = 'shop.localhost';
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

describe.each(ADAPTERS)('a planted cookie, in Chromium (%s)', (adapter) => {
  let app: OwnApp;
  const start = async (cookies: AuthOptions['cookies'] = {}) => {
    app = await startOwnApp(adapter, { cookies });
    const page = await browser.page();
    await page.goto(app.at('/'));
    return page;
  };
  afterEach(async () => {
    await browser.closePeople();
    await app.close();
  });

  it.each(['__Host-session', '__Host-refresh', '__Host-access', '__Host-device', '__Host-asker'])(
    '%s is refused from a sibling host, whether a header sets it or a script',
    async (name) => {
      const page = await start();
      const forms = [
        `Domain=${SITE}; Path=/; Secure`,
        `Domain=${SITE}; Path=/auth; Secure`,
        `Domain=${SITE}`,
      ];
      const planting = site.page(
        SIBLING_HOST,
        '/plant',
        `<script>${forms.map((form) => `document.cookie = '${name}=script; ${form}';`).join('')}
          document.cookie = 'control=script; Domain=${SITE}; Path=/; Secure'</script>`,
        { 'set-cookie': forms.map((form) => `${name}=header; ${form}`) },
      );
      await page.goto(planting);
      await page.goto(app.at('/'));
      // The control: cookies without the prefix do come over.
      expect(await page.evaluate('document.cookie')).toBe('control=script');
      expect(await cookieNames(page.context())).toEqual(['control']);
    },
  );

  it('of a name without prefix stops the routes that it reaches, not a login, and ends nothing', async () => {
    const page = await start({ session: { name: 'session', domain: SITE } });
    await signInBy(page, 'session');
    const script = `document.cookie = 'session=x; Domain=${SITE}; Path=/auth; Secure'`;
    await page.goto(site.page(SIBLING_HOST, '/plant', `<script>${script}</script>`));
    await page.goto(app.at('/'));
    expect(await whoIs(page)).toBe('AUTH_REQUEST_INVALID');
    expect((await post(page, '/orders')).body).toEqual({ by: 'ada' });
    await signInBy(page, 'session');
    expect((await post(page, '/orders')).body).toEqual({ by: 'ada' });
    expect(await app.authentication.listSignIns('ada')).toHaveLength(1);
  });

  it('of eve’s own session neither lives on nor becomes ada’s when ada signs in over it', async () => {
    const page = await start();
    const eve = await browser.page();
    await eve.goto(app.at('/'));
    await signInBy(eve, 'session', 'eve');
    const [planted] = (await eve.context().cookies()).filter(({ name }) => name === '__Host-session');
    // As a script in a page of this very host would.
    await page.context().addCookies([planted!]);
    expect(await whoIs(page)).toBe('eve');
    await signInBy(page, 'session');
    const [own] = (await page.context().cookies()).filter(({ name }) => name === '__Host-session');
    expect(own!.value).not.toBe(planted!.value);
    expect(await whoIs(page)).toBe('ada');
    expect(await whoIs(eve)).toBe('AUTH_SESSION_INVALID');
    expect(await app.authentication.listSignIns('eve')).toEqual([]);
  });

  it('of a made-up device gives no one an account, nor locks one out', async () => {
    const page = await start();
    await page.context().addCookies([
      {
        name: '__Host-device',
        value: 'made-up',
        domain: APP_HOST,
        path: '/',
        secure: true,
        httpOnly: true,
        sameSite: 'Strict',
      },
    ]);
    await signInBy(page, 'session');
    expect(await whoIs(page)).toBe('ada');
    expect((await page.context().cookies()).find(({ name }) => name === '__Host-device')!.value).not.toBe(
      'made-up',
    );
  });

  it('of another site reaches this one in no way', async () => {
    const page = await start();
    await page.goto(
      site.page(
        FOREIGN_HOST,
        '/plant',
        `<script>document.cookie = 'session=x; Domain=${SITE}'; document.cookie = 'session=x; Domain=localhost'</script>`,
        {
          'set-cookie': [`session=x; Domain=${SITE}`, 'session=x; Domain=localhost'],
        },
      ),
    );
    expect(await cookieNames(page.context())).toEqual([]);
  });
});
