// Links in mails, opened by a real browser: by the one that asked, by a scanner of mails, by a phone and by a thief.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { Page } from 'playwright-core';
import { freshAddress, type Places, startFlows } from '../account-flows/places.js';
import { ADAPTERS } from '../support/test-app.js';
import { Browser, complaintsOf, cookieNames, historyOf, post } from './browser.js';

// A browser starts: a limit that only a hang reaches.
jest.setTimeout(90_000);

let browser: Browser;
beforeAll(async () => void (browser = await Browser.start()));
afterAll(() => browser.close());

describe.each(ADAPTERS)('a link in a mail, in Chromium (%s)', (adapter) => {
  let places: Places;
  let webmail: Server;
  let ada: string;
  let id: string;
  beforeAll(async () => {
    places = await startFlows({ adapter }, { magicLink: true });
    // Another site: `localhost` is none with `127.0.0.1`.
    webmail = createServer((request, response) => {
      const link = new URL(request.url!, 'http://localhost').searchParams.get('link')!;
      response.setHeader('content-type', 'text/html').end(`<a id="link" href="${link}">Sign in</a>`);
    });
    await new Promise<void>((listening) => webmail.listen(0, 'localhost', listening));
  });
  beforeEach(async () => {
    ada = freshAddress();
    ({ id } = await places.users.addVerified(ada));
  });
  afterEach(() => browser.closePeople());
  afterAll(async () => {
    webmail.close();
    await places.close();
  });

  const at = (path: string) => places.app.url + path;
  /** The link, on the loopback address of the application. */
  const mailed = async () => {
    const { pathname, hash } = new URL((await places.mailer.last(ada, 'magic-link')).link!);
    return at(pathname + hash);
  };
  const ask = async (page: Page) => {
    await page.goto(at('/auth/magic'));
    expect((await post(page, '/auth/magic/send', { identifier: ada })).status).toBe(202);
    return mailed();
  };
  const said = (page: Page) => page.locator('main').innerText();
  const who = (page: Page) =>
    page.evaluate<string | null>(`fetch('/auth/me').then((r) => r.json()).then((b) => b.user?.id ?? null)`);
  const signInsOf = async (subject: string) => (await places.app.authentication.listSignIns(subject)).length;

  it('signs in by itself where it was asked for, and leaves no trace of the token', async () => {
    const page = await browser.page();
    const complaints = complaintsOf(page);
    const link = await ask(page);
    expect(await cookieNames(page.context())).toEqual(['__Host-asker']);
    await page.goto(link);
    await page.waitForURL(at('/'));
    expect(await cookieNames(page.context())).toEqual(
      expect.arrayContaining(['__Host-asker', '__Host-session']),
    );
    expect(await who(page)).toBe(id);
    expect((await historyOf(page)).filter((url) => url.includes('a1_'))).toEqual([]);
    expect(complaints.filter((one) => !one.includes('404'))).toEqual([]);
  });

  it('signs in when it is followed from a page of another site, as from webmail', async () => {
    const page = await browser.page();
    const link = await ask(page);
    const { port } = webmail.address() as AddressInfo;
    await page.goto(`http://localhost:${port}/?link=${encodeURIComponent(link)}`);
    await page.locator('#link').click();
    await page.waitForURL(at('/'));
    expect(await who(page)).toBe(id);
  });

  it('is not spent by a scanner that fetches it and runs its script, twice', async () => {
    const page = await browser.page();
    const link = await ask(page);
    for (let round = 0; round < 2; round++) {
      for (const method of ['HEAD', 'GET']) expect((await fetch(link, { method })).status).toBe(200);
      const scanner = await browser.page();
      await scanner.goto(link);
      await scanner.locator('#code').waitFor();
      // Scanners press what they find.
      await scanner.evaluate(
        `document.querySelectorAll('a, button, input, form').forEach((one) => (one.submit ?? one.click).call(one))`,
      );
      expect(await cookieNames(scanner.context())).toEqual([]);
      expect(await who(scanner)).toBeNull();
    }
    expect(await signInsOf(id)).toBe(0);
    await page.goto(link);
    await page.waitForURL(at('/'));
    expect(await who(page)).toBe(id);
  });

  it('shows a code on a phone, which signs in where it was asked for, and no thief who is told it', async () => {
    const [page, phone, thief] = [await browser.page(), await browser.page(), await browser.page()];
    await ask(thief);
    const link = await ask(page);
    await phone.goto(link);
    await phone.locator('#code').waitFor();
    expect(await said(phone)).toContain('Type this code where you asked for the link');
    const code = (await phone.locator('#code').textContent())!;
    for (const other of [phone, thief]) {
      expect(await post(other, '/auth/code', { code })).toMatchObject({ status: 400 });
      expect(await who(other)).toBeNull();
    }
    expect((await post(page, '/auth/code', { code })).status).toBe(200);
    expect(await who(page)).toBe(id);
    await phone.goto('about:blank');
    await phone.goto(link);
    await phone.locator('main').getByText('This link is not valid').waitFor();
  });

  it('signs in no one whose link another person asked for and passed on', async () => {
    const [thief, victim] = [await browser.page(), await browser.page()];
    const link = await ask(thief);
    await victim.goto(link);
    await victim.locator('#code').waitFor();
    expect([await who(victim), await who(thief), await signInsOf(id)]).toEqual([null, null, 0]);
  });
});
