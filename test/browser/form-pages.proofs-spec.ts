// Links of mails that ask before they do something, in a real browser.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { Page } from 'playwright-core';
import {
  freshAddress,
  loginStatus,
  NEXT_PASSWORD,
  type Places,
  startFlows,
} from '../account-flows/places.js';
import { PASSWORD } from '../support/sign-ins.js';
import { ADAPTERS } from '../support/test-app.js';
import { Browser, complaintsOf, historyOf, post } from './browser.js';

// A browser starts: a limit that only a hang reaches.
jest.setTimeout(90_000);

let browser: Browser;
beforeAll(async () => void (browser = await Browser.start()));
afterAll(() => browser.close());

describe.each(ADAPTERS)('a link that asks first, in Chromium (%s)', (adapter) => {
  let places: Places;
  let ada: string;
  let id: string;
  beforeAll(async () => void (places = await startFlows({ adapter })));
  beforeEach(async () => {
    ada = freshAddress();
    ({ id } = await places.users.add(ada));
  });
  afterEach(() => browser.closePeople());
  afterAll(() => places.close());

  const at = (path: string) => places.app.url + path;
  const mailed = async (kind: Parameters<Places['mailer']['last']>[1], to = ada) => {
    const { pathname, hash } = new URL((await places.mailer.last(to, kind)).link!);
    return at(pathname + hash);
  };
  const signedIn = async () => {
    const page = await browser.page();
    await page.goto(at('/auth/not-me'));
    expect((await post(page, '/auth/login', { identifier: ada, password: PASSWORD })).status).toBe(200);
    return page;
  };
  const press = async (page: Page, password?: string) => {
    if (password !== undefined) await page.locator('input').fill(password);
    await page.locator('button').click();
  };
  const says = (page: Page, text: string) => page.locator('main').getByText(text).waitFor();

  it('sets a new password, and says why it takes one or not', async () => {
    places.users.verified.add(id);
    const page = await browser.page();
    await page.goto(at('/auth/not-me'));
    await post(page, '/auth/password/forgot', { identifier: ada });
    await page.goto(await mailed('reset-password'));
    await press(page, 'short');
    await page.locator('output').getByText('15').waitFor();
    expect(await loginStatus(places, ada, PASSWORD)).toBe(200);
    await press(page, NEXT_PASSWORD);
    await says(page, 'The new password is set');
    expect((await historyOf(page)).filter((url) => url.includes('a1_') || url.includes('?'))).toEqual([]);
    expect(await loginStatus(places, ada, NEXT_PASSWORD)).toBe(200);
  });

  it('verifies an address by a button, and keeps the password of a user who is signed in', async () => {
    const page = await signedIn();
    expect((await post(page, '/auth/email/verify/send')).status).toBe(202);
    const link = await mailed('verify-email');
    const scanner = await browser.page();
    await scanner.goto(link);
    await scanner.locator('button').waitFor();
    expect((await places.users.emailOf(id))!.verified).toBe(false);
    await page.goto(link);
    await press(page);
    await says(page, 'Your e-mail address is verified');
    expect((await places.users.emailOf(id))!.verified).toBe(true);
    expect(await loginStatus(places, ada, PASSWORD)).toBe(200);
    await press(scanner);
    await says(scanner, 'This link is not valid');
  });

  it('undoes a change of address by a button, and by nothing else', async () => {
    places.users.verified.add(id);
    const thief = await signedIn();
    const next = freshAddress();
    const change = { email: next, current_password: PASSWORD };
    expect((await post(thief, '/auth/email/change', change)).status).toBe(202);
    const confirm = await mailed('confirm-email', next);
    await thief.goto(confirm);
    await press(thief);
    await says(thief, 'The account has the new e-mail address');
    const owner = await browser.page();
    const complaints = complaintsOf(owner);
    await owner.goto(await mailed('email-changed'));
    await owner.locator('button').waitFor();
    expect((await places.users.emailOf(id))!.address).toBe(next);
    await press(owner);
    await says(owner, 'The account has the former address');
    expect((await places.users.emailOf(id))!.address).toBe(ada);
    expect((await post(thief, '/auth/logout-all')).status).toBe(401);
    expect(complaints).toEqual([]);
  });
});
