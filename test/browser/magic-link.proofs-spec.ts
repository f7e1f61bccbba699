// Links in mails, opened by a real browser: by the one that asked, by a scanner of mails, by a phone and by a thief.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { freshAddress, type Places, startFlows } from '../account-flows/places.js';
import { ADAPTERS } from '../support/test-app.js';
import { Chromium, type Page } from './chromium.js';

// A browser starts: a limit that only a hang reaches.
jest.setTimeout(90_000);

let chromium: Chromium;
beforeAll(async () => void (chromium = await Chromium.start()));
afterAll(() => chromium.close());

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
  afterEach(() => chromium.closeBrowsers());
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
    await page.open(at('/auth/magic'));
    expect((await page.post('/auth/magic/send', { identifier: ada })).status).toBe(202);
    return mailed();
  };
  const said = (page: Page) => page.evaluate<string>(`document.querySelector('main').innerText`);
  const who = (page: Page) =>
    page.evaluate<string | null>(`fetch('/auth/me').then((r) => r.json()).then((b) => b.user?.id ?? null)`);
  const signInsOf = async (subject: string) => (await places.app.authentication.listSignIns(subject)).length;

  it('signs in by itself where it was asked for, and leaves no trace of the token', async () => {
    const page = await chromium.browser();
    const link = await ask(page);
    expect(await page.cookies()).toEqual(['__Host-asker']);
    await page.open(link);
    await page.until(`location.pathname === '/'`);
    expect(await page.cookies()).toEqual(expect.arrayContaining(['__Host-asker', '__Host-session']));
    expect(await who(page)).toBe(id);
    expect((await page.history()).filter((url) => url.includes('a1_'))).toEqual([]);
    expect(page.complaints.filter((one) => !one.includes('404'))).toEqual([]);
  });

  it('signs in when it is followed from a page of another site, as from webmail', async () => {
    const page = await chromium.browser();
    const link = await ask(page);
    const { port } = webmail.address() as AddressInfo;
    await page.open(`http://localhost:${port}/?link=${encodeURIComponent(link)}`);
    await page.evaluate(`document.querySelector('#link').click()`);
    await page.until(`location.host === ${JSON.stringify(new URL(link).host)} && location.pathname === '/'`);
    expect(await who(page)).toBe(id);
  });

  it('is not spent by a scanner that fetches it and runs its script, twice', async () => {
    const page = await chromium.browser();
    const link = await ask(page);
    for (let round = 0; round < 2; round++) {
      for (const method of ['HEAD', 'GET']) expect((await fetch(link, { method })).status).toBe(200);
      const scanner = await chromium.browser();
      await scanner.open(link);
      await scanner.until(`document.querySelector('#code')`);
      // Scanners press what they find.
      await scanner.evaluate(
        `document.querySelectorAll('a, button, input, form').forEach((one) => (one.submit ?? one.click).call(one))`,
      );
      expect(await scanner.cookies()).toEqual([]);
      expect(await who(scanner)).toBeNull();
    }
    expect(await signInsOf(id)).toBe(0);
    await page.open(link);
    await page.until(`location.pathname === '/'`);
    expect(await who(page)).toBe(id);
  });

  it('shows a code on a phone, which signs in where it was asked for, and no thief who is told it', async () => {
    const [page, phone, thief] = [
      await chromium.browser(),
      await chromium.browser(),
      await chromium.browser(),
    ];
    await ask(thief);
    const link = await ask(page);
    await phone.open(link);
    await phone.until(`document.querySelector('#code')`);
    expect(await said(phone)).toContain('Type this code where you asked for the link');
    const code = await phone.evaluate<string>(`document.querySelector('#code').textContent`);
    for (const other of [phone, thief]) {
      expect(await other.post('/auth/code', { code })).toMatchObject({ status: 400 });
      expect(await who(other)).toBeNull();
    }
    expect((await page.post('/auth/code', { code })).status).toBe(200);
    expect(await who(page)).toBe(id);
    await phone.open('about:blank');
    await phone.open(link);
    await phone.until(`document.querySelector('main').innerText.includes('This link is not valid')`);
  });

  it('signs in no one whose link another person asked for and passed on', async () => {
    const [thief, victim] = [await chromium.browser(), await chromium.browser()];
    const link = await ask(thief);
    await victim.open(link);
    await victim.until(`document.querySelector('#code')`);
    expect([await who(victim), await who(thief), await signInsOf(id)]).toEqual([null, null, 0]);
  });
});
