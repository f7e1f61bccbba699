// Links of mails that ask before they do something, in a real browser.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import {
  freshAddress,
  loginStatus,
  NEXT_PASSWORD,
  type Places,
  startFlows,
} from '../account-flows/places.js';
import { PASSWORD } from '../support/sign-ins.js';
import { ADAPTERS } from '../support/test-app.js';
import { Chromium, type Page } from './chromium.js';

// A browser starts: a limit that only a hang reaches.
jest.setTimeout(90_000);

let chromium: Chromium;
beforeAll(async () => void (chromium = await Chromium.start()));
afterAll(() => chromium.close());

describe.each(ADAPTERS)('a link that asks first, in Chromium (%s)', (adapter) => {
  let places: Places;
  let ada: string;
  let id: string;
  beforeAll(async () => void (places = await startFlows({ adapter })));
  beforeEach(async () => {
    ada = freshAddress();
    ({ id } = await places.users.add(ada));
  });
  afterEach(() => chromium.closeBrowsers());
  afterAll(() => places.close());

  const at = (path: string) => places.app.url + path;
  const mailed = async (kind: Parameters<Places['mailer']['last']>[1], to = ada) => {
    const { pathname, hash } = new URL((await places.mailer.last(to, kind)).link!);
    return at(pathname + hash);
  };
  const page = () => chromium.browser();
  const signedIn = async () => {
    const browser = await page();
    await browser.open(at('/auth/not-me'));
    expect((await browser.post('/auth/login', { identifier: ada, password: PASSWORD })).status).toBe(200);
    return browser;
  };
  const press = (browser: Page, password?: string) =>
    browser.evaluate(`(() => {
      const field = document.querySelector('input');
      if (field) field.value = ${JSON.stringify(password ?? '')};
      document.querySelector('button').click();
    })()`);
  const says = (browser: Page, text: string) =>
    browser.until(`document.querySelector('main').innerText.includes(${JSON.stringify(text)})`);

  it('sets a new password, and says why it takes one or not', async () => {
    places.users.verified.add(id);
    const browser = await page();
    await browser.open(at('/auth/not-me'));
    await browser.post('/auth/password/forgot', { identifier: ada });
    await browser.open(await mailed('reset-password'));
    await press(browser, 'short');
    await browser.until(`document.querySelector('output')?.textContent.includes('15')`);
    expect(await loginStatus(places, ada, PASSWORD)).toBe(200);
    await press(browser, NEXT_PASSWORD);
    await says(browser, 'The new password is set');
    expect((await browser.history()).filter((url) => url.includes('a1_') || url.includes('?'))).toEqual([]);
    expect(await loginStatus(places, ada, NEXT_PASSWORD)).toBe(200);
  });

  it('verifies an address by a button, and keeps the password of a user who is signed in', async () => {
    const browser = await signedIn();
    expect((await browser.post('/auth/email/verify/send', {})).status).toBe(202);
    const link = await mailed('verify-email');
    const scanner = await page();
    await scanner.open(link);
    await scanner.until(`document.querySelector('button')`);
    expect((await places.users.emailOf(id))!.verified).toBe(false);
    await browser.open(link);
    await press(browser);
    await says(browser, 'Your e-mail address is verified');
    expect((await places.users.emailOf(id))!.verified).toBe(true);
    expect(await loginStatus(places, ada, PASSWORD)).toBe(200);
    await scanner.evaluate(`document.querySelector('button').click()`);
    await says(scanner, 'This link is not valid');
  });

  it('undoes a change of address by a button, and by nothing else', async () => {
    places.users.verified.add(id);
    const thief = await signedIn();
    const next = freshAddress();
    const change = { email: next, current_password: PASSWORD };
    expect((await thief.post('/auth/email/change', change)).status).toBe(202);
    const confirm = await mailed('confirm-email', next);
    await thief.open(confirm);
    await press(thief);
    await says(thief, 'The account has the new e-mail address');
    const owner = await page();
    await owner.open(await mailed('email-changed'));
    await owner.until(`document.querySelector('button')`);
    expect((await places.users.emailOf(id))!.address).toBe(next);
    await press(owner);
    await says(owner, 'The account has the former address');
    expect((await places.users.emailOf(id))!.address).toBe(ada);
    expect((await thief.post('/auth/logout-all', {})).status).toBe(401);
    expect(owner.complaints).toEqual([]);
  });
});
