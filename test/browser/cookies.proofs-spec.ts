// The cookies as a browser keeps them: read from its jar, not from the answers that set them.
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { Request } from 'playwright-core';
import { ADAPTERS } from '../support/test-app.js';
import { Browser, cookieNames, post } from './browser.js';
import { APP_HOST, type OwnApp, signInBy, startOwnApp, whoIs } from './own-app.js';

jest.setTimeout(90_000);

let browser: Browser;
beforeAll(async () => void (browser = await Browser.start()));
afterAll(() => browser.close());

const HOUR = 3_600;
const DAY = 24 * HOUR;
/** Seconds until each cookie goes, by default. */
const LIVES: Readonly<Record<string, number>> = {
  '__Host-session': 12 * HOUR,
  '__Host-refresh': 14 * DAY,
  '__Host-access': 14 * DAY,
  '__Host-device': 180 * DAY,
};

describe.each(ADAPTERS)('cookies in Chromium (%s)', (adapter) => {
  const running: OwnApp[] = [];
  const start = async (...input: Parameters<typeof startOwnApp> extends [any, ...infer R] ? R : never) => {
    const app = await startOwnApp(adapter, ...input);
    running.push(app);
    return app;
  };
  const home = async (app: OwnApp) => {
    const page = await browser.page();
    await page.goto(app.at('/'));
    return page;
  };
  afterEach(async () => {
    await browser.closePeople();
    for (const app of running.splice(0)) await app.close();
  });

  it.each([
    ['session', false, ['__Host-device', '__Host-session']],
    ['hybrid', false, ['__Host-device', '__Host-refresh']],
    ['hybrid', true, ['__Host-access', '__Host-device', '__Host-refresh']],
    ['tokens', false, ['__Host-device']],
  ] as const)('of the mode %s, access tokens in a cookie %s', async (mode, cookie, names) => {
    const app = await start({ accessTokens: { cookie } });
    const page = await home(app);
    await signInBy(page, mode);
    const kept = await page.context().cookies();
    expect(kept.map(({ name }) => name).sort()).toEqual(names);
    for (const one of kept) {
      expect(one).toMatchObject({
        domain: APP_HOST,
        path: '/',
        httpOnly: true,
        secure: true,
        sameSite: 'Strict',
      });
      const life = one.expires - Date.now() / 1_000;
      expect([one.name, Math.round(life / 60)]).toEqual([one.name, Math.round(LIVES[one.name]! / 60)]);
    }
    expect(await page.evaluate('document.cookie')).toBe('');
  });

  it.each([
    ['session', false],
    ['hybrid', false],
    ['hybrid', true],
  ] as const)('are gone after a logout: %s, access tokens in a cookie %s', async (mode, cookie) => {
    const app = await start({ accessTokens: { cookie } });
    const page = await home(app);
    await signInBy(page, mode);
    const former = await page.context().cookies();
    expect((await post(page, '/auth/logout')).status).toBe(204);
    expect(await cookieNames(page.context())).toEqual(['__Host-device']);
    // Put back, they are worth nothing.
    await page.context().addCookies(former);
    expect(await whoIs(page)).not.toBe('ada');
    expect((await post(page, '/auth/refresh')).status).toBe(401);
  });

  it('are one kind at a time: a sign-in by another mode removes those of the former', async () => {
    const app = await start({ accessTokens: { cookie: true } });
    const page = await home(app);
    await signInBy(page, 'session');
    await signInBy(page, 'hybrid', 'eve');
    expect(await cookieNames(page.context())).toEqual(['__Host-access', '__Host-device', '__Host-refresh']);
    expect(await whoIs(page)).toBe('eve');
    expect(await app.authentication.listSignIns('ada')).toEqual([]);
    await signInBy(page, 'session');
    expect(await cookieNames(page.context())).toEqual(['__Host-device', '__Host-session']);
    expect(await app.authentication.listSignIns('eve')).toEqual([]);
  });

  it('stay as they are when a request is refused, or a logout is another one’s', async () => {
    const app = await start();
    const page = await home(app);
    await signInBy(page, 'session');
    const kept = await page.context().cookies();
    expect((await post(page, '/auth/login', { identifier: 'eve', password: 'wrong' })).status).toBe(401);
    expect((await post(page, '/auth/refresh')).status).toBe(401);
    expect(await page.context().cookies()).toEqual(kept);
    expect(await whoIs(page)).toBe('ada');
  });

  it('carry an access token that no script sees, through a refresh', async () => {
    const app = await start({ accessTokens: { cookie: true } });
    const page = await home(app);
    const body = await signInBy(page, 'hybrid');
    expect(JSON.stringify(body)).not.toMatch(/eyJ|rt1_/);
    const [before] = (await page.context().cookies()).filter(({ name }) => name === '__Host-access');
    const refreshed = await post(page, '/auth/refresh');
    expect([refreshed.status, JSON.stringify(refreshed.body)]).toEqual([
      200,
      expect.not.stringMatching(/eyJ|rt1_/),
    ]);
    const [after] = (await page.context().cookies()).filter(({ name }) => name === '__Host-access');
    expect(after!.value).not.toBe(before!.value);
    expect(await whoIs(page)).toBe('ada');
    expect((await post(page, '/orders')).body).toEqual({ by: 'ada' });
  });

  it('with a path of its own, the refresh cookie goes to the routes alone', async () => {
    const app = await start({ cookies: { refresh: { path: '/auth' } } });
    const page = await home(app);
    await signInBy(page, 'hybrid');
    const requests: Request[] = [];
    page.on('request', (request) => void requests.push(request));
    await post(page, '/orders');
    expect((await post(page, '/auth/refresh')).status).toBe(200);
    expect((await post(page, '/auth/logout')).status).toBe(204);
    const sent: string[] = [];
    for (const request of requests)
      if (((await request.allHeaders())['cookie'] ?? '').includes('__Secure-refresh'))
        sent.push(new URL(request.url()).pathname);
    expect(sent).toEqual(['/auth/refresh', '/auth/logout']);
    expect(await cookieNames(page.context())).toEqual(['__Host-device']);
  });
});
