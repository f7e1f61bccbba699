// A walk through the demo's page. `npm run pictures` keeps what it sees in docs/pictures.
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { type PageApp, startPage } from '../demo/page-app.js';
import { PICTURES, pictureSources } from '../support/picture-sources.js';
import { Browser, complaintsOf } from './browser.js';

jest.setTimeout(120_000);

const TAKES = process.env['PICTURES'] === 'take';
const MOST_BYTES = 150_000;
/** Of a section's picture, in pixels: a reader scrolls past the rest. */
const TALLEST = 760;
/** The browser says so of every answer that is no success; a theft ends in some. */
const REFUSAL = /Failed to load resource: the server responded with a status of 401/;
const DESK: BrowserContextOptions = { viewport: { width: 1280, height: 800 }, reducedMotion: 'reduce' };
const PHONE: BrowserContextOptions = {
  viewport: { width: 390, height: 844 },
  reducedMotion: 'reduce',
  isMobile: true,
  hasTouch: true,
};

describe('the pictures of the page', () => {
  let app: PageApp;
  let browser: Browser;
  const pictures: string[] = [];
  beforeAll(async () => void ([app, browser] = await Promise.all([startPage('express'), Browser.start()])));
  afterEach(() => browser.closePeople());
  afterAll(async () => {
    await browser.close();
    await app.close();
    const manifest = { sources: pictureSources(), pictures: pictures.sort() };
    if (TAKES) writeFileSync(join(PICTURES, 'pictures.json'), `${JSON.stringify(manifest, null, 2)}\n`);
  });

  const opened = async (
    options: BrowserContextOptions,
  ): Promise<{ page: Page; complaints: () => Promise<readonly string[]> }> => {
    const page = await browser.page(options);
    await page.addInitScript(`window.violations = [];
      addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) =>
        violations.push(violatedDirective + ' ' + blockedURI))`);
    const said = complaintsOf(page);
    await page.goto(app.url);
    return {
      page,
      complaints: async () => [
        ...said.filter((one) => !REFUSAL.test(one)),
        ...(await page.evaluate<string[]>('violations')),
      ],
    };
  };
  const press = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).click();
  const clipOf = async (page: Page, section: string) => {
    const { x, y, width, height } = (await page.locator(`#${section}`).boundingBox())!;
    const scrolled = await page.evaluate<number>('scrollY');
    return { x, y: y + scrolled, width, height: Math.min(height, TALLEST) };
  };
  const take = async (page: Page, name: string, section?: string): Promise<void> => {
    // No caret and no focus that only a test has set.
    await page.evaluate('document.activeElement?.blur()');
    const whole = {
      animations: 'disabled',
      ...(section && { fullPage: true, clip: await clipOf(page, section) }),
    } as const;
    const shot = await page.screenshot(whole);
    expect([name, shot.length < MOST_BYTES]).toEqual([name, true]);
    pictures.push(`${name}.png`);
    if (!TAKES) return;
    mkdirSync(PICTURES, { recursive: true });
    writeFileSync(join(PICTURES, `${name}.png`), shot);
  };
  const theft = async (page: Page): Promise<void> => {
    await press(page, 'Make an account for me');
    await press(page, 'Play the thief');
    await page.getByText('The thief has nothing.').first().waitFor({ timeout: 60_000 });
    await page.getByRole('button', { name: 'Open a sign-in to play with' }).waitFor();
  };

  it('show a sign-in, a theft, the inspector and the guide, without a complaint of the browser', async () => {
    const { page, complaints } = await opened({ ...DESK, colorScheme: 'light' });
    await page.getByLabel('E-mail address').waitFor();
    await take(page, 'sign-in', 'sign-in');
    await theft(page);
    await take(page, 'theft', 'family');
    await press(page, 'Open a sign-in to play with');
    await page.getByText('You are signed in at 2 places.').waitFor();
    await take(page, 'sign-ins', 'sign-ins');
    await page.locator('#inspector').getByRole('button').first().click();
    await take(page, 'inspector', 'inspector');
    const guide = page.locator('#decision-guide');
    for (const group of await guide.getByRole('group').all()) await group.getByRole('radio').first().check();
    await take(page, 'decision-guide', 'decision-guide');
    expect(await complaints()).toEqual([]);
  });

  it('show the page in the dark', async () => {
    const { page, complaints } = await opened({ ...DESK, colorScheme: 'dark' });
    await theft(page);
    await take(page, 'theft-dark', 'family');
    expect(await complaints()).toEqual([]);
  });

  it('show the page on a phone', async () => {
    const { page, complaints } = await opened({ ...PHONE, colorScheme: 'light' });
    await theft(page);
    await page.evaluate(`document.querySelector('#family').scrollIntoView()`);
    await take(page, 'phone');
    expect(await complaints()).toEqual([]);
  });
});
