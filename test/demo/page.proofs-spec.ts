// The demo's page in Chromium, as a visitor uses it.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { BrowserContext, Page } from 'playwright-core';
import { Browser, complaintsOf, cookieNames } from '../browser/browser.js';
import { redactTokens } from 'nestjs-aerie';
import { ADAPTERS } from '../support/test-app.js';
import { type PageApp, startPage } from './page-app.js';

// A browser starts: a limit that only a hang reaches.
jest.setTimeout(90_000);

const PASSWORD = 'correct horse battery';
/** The browser says so of every answer that is no success. */
const REFUSAL = /Failed to load resource: the server responded with a status of 401/;
let names = 0;

describe.each(ADAPTERS)('the page in Chromium, on %s', (adapter) => {
  let app: PageApp;
  let browser: Browser;
  let person: BrowserContext;
  let page: Page;
  let complaints: readonly string[];
  beforeAll(async () => {
    [app, browser] = await Promise.all([startPage(adapter), Browser.start()]);
  });
  beforeEach(async () => {
    person = await browser.person({ viewport: { width: 1280, height: 900 } });
    page = await opened(person);
    complaints = complaintsOf(page);
  });
  afterEach(() => browser.closePeople());
  afterAll(async () => {
    await browser.close();
    await app.close();
  });

  async function opened(context: BrowserContext): Promise<Page> {
    const one = await context.newPage();
    await one.goto(app.url);
    return one;
  }
  const press = (name: string, on = page) => on.getByRole('button', { name, exact: true }).click();
  const sees = (text: string | RegExp, on = page) => on.getByText(text).first().waitFor();
  const told = () => page.locator('.now').innerText();
  const picture = () => page.getByRole('img').getAttribute('aria-label');
  const lives = () => page.getByRole('button', { name: 'Refresh', exact: true }).waitFor();
  const start = async () => {
    await press('Make an account for me');
    await lives();
  };
  /** Presses "Next" whenever it is there, until nothing is played any more. */
  async function idle(): Promise<void> {
    const busy = page.locator('#family [role=group] [aria-disabled=true]');
    const next = page.getByRole('button', { name: 'Next', exact: true });
    while ((await busy.count()) > 0)
      if (await next.isVisible()) await next.click({ timeout: 1_000 }).catch(() => {});
      else await page.evaluate('new Promise(requestAnimationFrame)');
  }
  const played = async (name: string) => {
    await press(name);
    await idle();
  };
  async function signUp(mode: 'Session' | 'Tokens' | 'Hybrid', on = page): Promise<string> {
    const email = `visitor-${++names}-${adapter}@example.com`;
    await on.getByLabel('E-mail address').fill(email);
    await on.getByLabel('Password').fill(PASSWORD);
    await on.getByRole('radio', { name: new RegExp(`^${mode}`) }).check();
    await press('Make this account', on);
    await on.getByRole('button', { name: 'Sign out', exact: true }).waitFor();
    return email;
  }
  const storages = (on = page) =>
    on.evaluate<string>('JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie])');

  it('plays the thief with two clicks and within a minute, to a person who only reads', async () => {
    const began = performance.now();
    await page.goto(app.url);
    await press('Make an account for me');
    await press('Play the thief');
    await page.getByText('The thief has nothing.').first().waitFor({ timeout: 60_000 });
    expect(performance.now() - began).toBeLessThan(60_000);
    expect(await picture()).toMatch(/^A refresh-token family of 3 tokens.*all of them are dead/);
    const history = await page.locator('.steps').innerText();
    expect(history).toContain('401 AUTH_REFRESH_TOKEN_INVALID · reuse_detected (ancestor)');
    expect(history).toContain('401 AUTH_REFRESH_TOKEN_INVALID · refresh_refused (revoked)');
    expect(history).toContain('401 AUTH_ACCESS_TOKEN_REVOKED');
    expect(await page.locator('.token.is-dead').count()).toBe(3);
    expect(await page.locator('.token.is-reused .name').textContent()).toBe('token 1');
    // The visitor's own sign-in goes on, and another family can be opened.
    await sees('You are signed in at one place.');
    await press('Open a sign-in to play with');
    await lives();
    expect(await picture()).toBe('A refresh-token family of one token: token 1 is good.');
    expect(complaints.filter((one) => !REFUSAL.test(one))).toEqual([]);
  });

  it('shows nothing of a user to the next one', async () => {
    await start();
    await sees('This page made an account for you');
    const json = { email: `visitor-${++names}-${adapter}@example.com`, password: PASSWORD };
    // Signed in beside the page, as by a link in a mail: nobody signs out in between.
    const other = await opened(person);
    await other.evaluate(async ({ email, password }) => {
      const headers = { 'Content-Type': 'application/json' };
      const post = (path: string, body: object) =>
        fetch(path, { method: 'POST', headers, body: JSON.stringify(body) });
      await post('/users', { email, password });
      await post('/auth/login', { identifier: email, password, mode: 'session' });
    }, json);
    await press('Look again');
    await page.getByRole('button', { name: 'Open a sign-in to play with', exact: true }).waitFor();
    expect(await page.locator('.laboratory').isVisible()).toBe(false);
    expect(await page.getByText('This page made an account for you').count()).toBe(0);
    await press('Sign out');
    await signUp('Tokens');
    expect(await page.getByText('This page made an account for you').count()).toBe(0);
  });

  it('shows a rotation, two tabs and a lost answer, which are no theft', async () => {
    await start();
    await sees('The picture follows the events that the server sends.');
    await played('Refresh');
    expect(await told()).toMatch(/replaces it by token 2[\s\S]*200 · token_rotated/);
    await played('Two tabs at once');
    expect(await told()).toMatch(/the same token 3[\s\S]*200 · 200 · token_rotated · token_replayed/);
    await played('Lose an answer');
    expect(await told()).toMatch(/the same token 4 once more[\s\S]*200 · token_replayed/);
    expect(await picture()).toMatch(/^A refresh-token family of 4 tokens.*token 4 is good\.$/);
    expect(await page.locator('.replay').count()).toBe(2);
    await page.getByText('The picture in words').click();
    await sees('Token 2: used up; it came again once and got the same successor.');
    await sees('Token 4: the good one, held by you.');
  });

  it('ends the family from the visitor’s own sign-in, and says how long that took', async () => {
    await start();
    await played('End it from here');
    const [, answered, refused] = /answered after (\d+) ms\..* refused (\d+) ms after/.exec(await told())!;
    expect(Number(answered)).toBeGreaterThan(0);
    expect(Number(refused)).toBeLessThan(2_000);
    expect(await told()).toContain('401 AUTH_ACCESS_TOKEN_REVOKED');
    await page.getByRole('button', { name: 'Open a sign-in to play with' }).waitFor();
  });

  it.each([
    ['Session', ['__Host-session'], true],
    ['Hybrid', ['__Host-refresh'], true],
    ['Tokens', [], false],
  ] as const)(
    'signs in by the mode %s, keeps no token in a storage, and signs out',
    async (mode, cookies, survives) => {
      await signUp(mode);
      expect((await cookieNames(person)).filter((name) => name !== '__Host-device')).toEqual(cookies);
      await sees('"roles": []');
      await press('Open a sign-in to play with');
      await lives();
      await sees('The picture follows the events that the server sends.');
      await played('Refresh');
      expect(await told()).toContain('token_rotated');
      const kept = await storages();
      expect(redactTokens(kept)).toBe(kept);
      expect(kept).not.toMatch(/rt1_|eyJ|Bearer/);
      await page.reload();
      if (!survives) {
        await page.getByLabel('E-mail address').waitFor();
        return;
      }
      const answered = page.waitForResponse('**/auth/logout');
      await press('Sign out');
      await page.getByLabel('E-mail address').waitFor();
      expect((await answered).status()).toBe(204);
      expect((await cookieNames(person)).filter((name) => name !== '__Host-device')).toEqual([]);
      await page.reload();
      await page.getByLabel('E-mail address').waitFor();
    },
  );

  it('lists the sign-ins of other browsers, ends one, and that browser’s page sees it at once', async () => {
    const email = await signUp('Session');
    const other = await opened(await browser.person());
    await other.getByLabel('E-mail address').fill(email);
    await other.getByLabel('Password').fill(PASSWORD);
    await other.getByRole('radio', { name: /^Hybrid/ }).check();
    await press('Sign in', other);
    await sees('You are signed in at 2 places.', other);
    await sees('You are signed in at 2 places.');
    await page.getByRole('button', { name: /^End the sign-in by tokens/ }).click();
    await sees('You are signed in at one place.');
    await other.getByLabel('E-mail address').waitFor({ timeout: 3_000 });
    await page.getByRole('button', { name: 'End this sign-in' }).click();
    await page.getByLabel('E-mail address').waitFor();
  });

  it('shows that the family was ended from the list of sign-ins', async () => {
    await start();
    await page.getByRole('button', { name: /^End the sign-in by tokens/ }).click();
    await page.getByRole('button', { name: 'Open a sign-in to play with' }).waitFor();
    expect(await told()).toMatch(/^Somebody has ended this sign-in/);
    expect(await picture()).toMatch(/one token: all of them are dead/);
  });

  it('asks for the password again where the server asks for a recent sign-in', async () => {
    await signUp('Session');
    await press('Open the safe');
    await sees('The safe is open.');
    const refusal = { code: 'AUTH_RECENT_SIGN_IN_REQUIRED', statusCode: 401, message: 'x', max_age: 30 };
    await page.route('**/page/safe', (route) => route.fulfill({ status: 401, json: refusal }), { times: 1 });
    await press('Open the safe');
    const dialog = page.getByRole('dialog', { name: 'Is it you?' });
    await dialog.getByLabel('Password').fill('wrong');
    await press('Confirm');
    await dialog.getByText('The password is wrong.').waitFor();
    await dialog.getByLabel('Password').fill(PASSWORD);
    const before = (await person.cookies()).find(({ name }) => name === '__Host-session')!.value;
    await dialog.getByLabel('Password').press('Enter');
    await dialog.waitFor({ state: 'detached' });
    await sees('The safe is open.');
    const after = (await person.cookies()).find(({ name }) => name === '__Host-session')!.value;
    expect(after).not.toBe(before);
  });

  it('says what happened and what to do when the server refuses, is overloaded or is away', async () => {
    const alert = page.locator('#error');
    await page.getByLabel('E-mail address').fill('nobody@example.com');
    await page.getByLabel('Password').fill('some wrong password');
    await press('Sign in');
    await alert.getByText(/The e-mail address or the password is wrong/).waitFor();
    await page.getByLabel('Password').fill('short');
    await press('Make this account');
    await alert.getByText(/at least 15 characters/).waitFor();
    await start();
    const busy = { code: 'AUTH_STORE_UNAVAILABLE', statusCode: 503, message: 'x' };
    const answer = { status: 503, json: busy, headers: { 'retry-after': '1' } };
    await page.route('**/auth/refresh', (route) => route.fulfill(answer), { times: 1 });
    await press('Refresh');
    await alert.getByText('Try again in 1 second.').waitFor();
    await page.route('**/auth/refresh', (route) => route.abort(), { times: 1 });
    await press('Refresh');
    await alert.getByText('The server did not answer').waitFor();
    // Nothing has ended: the next try goes on where the first one was.
    await played('Refresh');
    expect(await told()).toContain('200 · token_rotated');
    expect(await alert.isVisible()).toBe(false);
  });

  it('is drawn from the answers while the server sends no events', async () => {
    await page.route('**/page/events', (route) => route.abort());
    await start();
    await sees('The server sends no events at the moment: the picture follows its answers.');
    await played('Two tabs at once');
    expect(await picture()).toMatch(/2 tokens.*token 2 is good/);
    await played('Play the thief');
    expect(await picture()).toMatch(/4 tokens.*all of them are dead/);
    expect(await page.locator('.token.is-reused .name').textContent()).toBe('token 2');
  });

  it('is used by the keyboard alone, and keeps the focus on something', async () => {
    const focused = () => page.evaluate<string>(`document.activeElement?.textContent ?? ''`);
    const tabTo = async (name: string) => {
      for (let steps = 0; (await focused()) !== name; steps++) {
        expect(steps).toBeLessThan(40);
        await page.keyboard.press('Tab');
      }
      await page.keyboard.press('Enter');
    };
    await tabTo('Make an account for me');
    await lives();
    await expect(focused()).resolves.toBe('Refresh');
    await tabTo('Play the thief');
    await tabTo('Next');
    await idle();
    await page.getByRole('button', { name: 'Open a sign-in to play with' }).waitFor();
    await expect(focused()).resolves.not.toBe('');
    expect(await page.locator('#announcements').innerText()).toContain('The thief has nothing.');
  });

  it('fits a phone, and stands still for those who ask for it', async () => {
    const phone = await browser.person({ viewport: { width: 360, height: 740 }, reducedMotion: 'reduce' });
    page = await opened(phone);
    const fits = () => page.evaluate<boolean>('document.documentElement.scrollWidth <= innerWidth');
    expect(await fits()).toBe(true);
    await start();
    await press('Play the thief');
    await page.locator('.holder.is-thief').waitFor();
    const moving = 'document.getAnimations().filter((one) => one.effect.getTiming().duration > 10).length';
    expect(await page.evaluate(moving)).toBe(0);
    await idle();
    expect(await fits()).toBe(true);
  });
});
