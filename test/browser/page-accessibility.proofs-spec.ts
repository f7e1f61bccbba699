// The demo's page for everybody: axe-core in each state, light and dark, on a phone and a desk; by the keyboard; enlarged.
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import axe from 'axe-core';
import type { Locator, Page } from 'playwright-core';
import { type PageApp, startPage } from '../demo/page-app.js';
import { BELOW_THE_EDGE } from '../support/test-app.js';
import { Browser } from './browser.js';

// A browser starts, and each state is read by axe: a limit that only a hang reaches.
jest.setTimeout(240_000);

const SCHEMES = ['light', 'dark'] as const;
const WIDTHS = [360, 1280] as const;

/** What axe calls serious or critical, as `rule: element`. */
async function barriersOf(page: Page): Promise<readonly string[]> {
  const { violations } = await page.evaluate<axe.AxeResults>('axe.run()');
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) =>
      nodes.map(({ target, failureSummary }) => `${id}: ${target.join(' ')} ${failureSummary}`),
    );
}

/** How far the page is wider than its window, in CSS pixels. */
const overflow = (page: Page) =>
  page.evaluate<number>('document.documentElement.scrollWidth - document.documentElement.clientWidth');

const named = (page: Page, name: string | RegExp): Locator => page.getByRole('button', { name, exact: true });

/** Plays a step of the laboratory without waiting for the reader. */
async function play(page: Page, name: string): Promise<void> {
  const lines = page.locator('#family .step-name');
  const before = await lines.count();
  await named(page, name).click();
  await expectCount(lines, before + 1);
  const next = page.locator('#family .next');
  while ((await page.locator('#family [aria-disabled=true]').count()) > 0) {
    if (await next.isVisible()) await next.click({ timeout: 1_000 }).catch(() => {});
    else await page.waitForTimeout(20);
  }
}

async function expectCount(lines: Locator, count: number): Promise<void> {
  await lines.nth(count - 1).waitFor();
}

/** Brings the page into each state that a visitor meets, and calls `look` there. */
async function eachState(page: Page, url: string, look: (state: string) => Promise<void>): Promise<void> {
  await page.goto(url, { waitUntil: 'load' });
  await page.locator('#sign-in form').waitFor();
  await look('start');

  await page.getByLabel('E-mail address').fill('nobody@example.com');
  await page.getByLabel('Password', { exact: true }).fill('a wrong password, sadly');
  await page.locator('#sign-in').getByRole('button', { name: 'Sign in', exact: true }).click();
  await page.locator('#error').getByText('password is wrong').waitFor();
  await look('an error');
  await named(page, 'Close this message').click();

  await named(page, 'Make an account for me').click();
  await named(page, 'Refresh').waitFor();
  await page
    .locator('#sign-ins')
    .getByText(/signed in at/)
    .waitFor();
  await look('signed in');
  await play(page, 'Refresh');
  await play(page, 'Two tabs at once');
  await look('a replay');
  await play(page, 'Play the thief');
  await page.getByText('The picture in words').click();
  await look('a theft');

  // As the server answers when the password was typed too long ago.
  const tooLongAgo = { code: 'AUTH_RECENT_SIGN_IN_REQUIRED', message: 'Sign in again.', max_age: 30 };
  await page.route('**/page/safe', (route) => route.fulfill({ status: 401, json: tooLongAgo }));
  await named(page, 'Open the safe').click();
  await page.getByRole('dialog').waitFor();
  await look('a dialog');
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  await page.unroute('**/page/safe');

  const inspector = page.locator('#inspector');
  await inspector.getByText('Check the signature').click();
  await inspector.getByLabel('Token', { exact: true }).fill('rt1_cut-short');
  await inspector.getByText('cut short').waitFor();
  await look('no token');
  await named(page, 'Show an example').click();
  await inspector.getByText('Nothing speaks against it').last().waitFor();
  await look('a token that is unchecked');
  await named(page, 'Fetch the keys of this server').click();
  await inspector.locator('.bad').waitFor();
  await look('a token that is refused');

  const guide = page.locator('#decision-guide');
  for (const name of [
    /single-page application$/,
    /^The site of/,
    /^Services behind/,
    /^No: injected/,
    /^Within/,
  ])
    await guide.getByRole('radio', { name }).first().check();
  await guide.getByRole('heading', { name: /^Hybrid/ }).waitFor();
  await look('an answer of the guide');
}

describe.each(BELOW_THE_EDGE)('the page, for everybody (%s)', (adapter) => {
  let app: PageApp;
  let browser: Browser;
  beforeAll(async () => {
    [app, browser] = await Promise.all([startPage(adapter), Browser.start()]);
  });
  afterEach(() => browser.closePeople());
  afterAll(() => Promise.all([browser.close(), app.close()]));

  const open = async (options: Parameters<Browser['page']>[0] = {}) => {
    const page = await browser.page({ reducedMotion: 'reduce', ...options });
    await page.addInitScript(axe.source);
    return page;
  };

  it.each(SCHEMES.flatMap((colorScheme) => WIDTHS.map((width) => [colorScheme, width] as const)))(
    'has no serious barrier in any state, and fits: %s, %i px',
    async (colorScheme, width) => {
      const page = await open({ colorScheme, viewport: { width, height: 800 } });
      const found: Record<string, unknown> = {};
      const states: string[] = [];
      await eachState(page, app.url, async (state) => {
        states.push(state);
        const barriers = await barriersOf(page);
        if (barriers.length > 0) found[state] = barriers;
        const wider = await overflow(page);
        if (wider > 0) found[`${state}, wider`] = wider;
      });
      expect(found).toEqual({});
      expect(states).toHaveLength(10);
    },
  );

  it('is seen by axe when it has a barrier', async () => {
    const page = await open();
    await page.goto(app.url);
    await page.locator('#sign-in form').waitFor();
    await page.evaluate(
      `document.querySelector('label[for=inspector-token]').remove(); document.querySelector('main').style.color = '#888'`,
    );
    const barriers = (await barriersOf(page)).join('\n');
    expect(barriers).toContain('label: #inspector-token');
    expect(barriers).toContain('color-contrast: ');
  });

  it('has a language, a title, one first heading, and headings in order', async () => {
    const page = await open();
    let title = '';
    await eachState(page, app.url, async (state) => {
      title = await page.title();
      const levels = await page
        .locator('h1, h2, h3, h4, h5, h6')
        .evaluateAll((all: any[]) =>
          all.filter((one) => one.checkVisibility()).map((one) => Number(one.tagName[1])),
        );
      expect(levels.filter((level) => level === 1)).toHaveLength(1);
      const jumps = levels.filter((level, index) => level > (levels[index - 1] ?? 0) + 1);
      expect([state, jumps]).toEqual([state, []]);
    });
    expect(title).toContain('nestjs-aerie');
    expect(await page.locator('html').getAttribute('lang')).toBe('en');
  });

  it('is walked by the Tab key: everything is reached, and seen to have the focus', async () => {
    const page = await open();
    await eachState(page, app.url, async () => {});
    await page.locator('nav a').first().focus();
    const reached: { name: string; isSeen: boolean }[] = [];
    for (let stop = 0; stop < 150; stop++) {
      await page.keyboard.press(stop === 0 ? 'Shift+Tab' : 'Tab');
      const at = await page.evaluate<{ name: string; isSeen: boolean; mark: boolean } | null>(`(() => {
        const one = document.activeElement;
        if (!one || one === document.body) return null;
        const { outlineStyle, outlineWidth } = getComputedStyle(one);
        const mark = one.dataset.reached === 'yes';
        one.dataset.reached = 'yes';
        const isSeen = outlineStyle !== 'none' && parseFloat(outlineWidth) >= 2;
        return { name: one.tagName + ' ' + (one.id || one.textContent || one.name).slice(0, 40), isSeen, mark };
      })()`);
      if (at === null || at.mark) break;
      reached.push(at);
    }
    expect(reached[0]?.name).toContain('Skip to the page');
    expect(reached.filter(({ isSeen }) => !isSeen)).toEqual([]);
    const missed = await page
      .locator('a[href], button:not([disabled]), input, textarea, select, summary, [tabindex="0"]')
      .evaluateAll((all: any[]) =>
        all
          // Of a group of radio buttons, Tab reaches the chosen one; arrows the others.
          .filter((one) => one.checkVisibility() && one.dataset.reached !== 'yes' && one.type !== 'radio')
          .map((one) => one.outerHTML.slice(0, 100)),
      );
    expect(missed).toEqual([]);
    const radios = reached.filter(({ name }) => name.startsWith('INPUT guide-')).length;
    expect(radios).toBe(5);
  });

  it('plays the thief by the keyboard alone', async () => {
    const page = await open();
    await page.goto(app.url);
    await page.locator('#sign-in form').waitFor();
    const focused = () => page.evaluate<string>('document.activeElement.textContent');
    const tabTo = async (name: string) => {
      for (let stop = 0; stop < 40 && (await focused()) !== name; stop++) await page.keyboard.press('Tab');
      expect(await focused()).toBe(name);
    };
    await tabTo('Make an account for me');
    await page.keyboard.press('Enter');
    await named(page, 'Play the thief').waitFor();
    await tabTo('Play the thief');
    await page.keyboard.press('Space');
    await page.locator('#family .is-theft').first().waitFor({ timeout: 60_000 });
    // The sentence that is shown is also said.
    const said = page.locator('#announcements');
    expect(await said.getAttribute('role')).toBe('status');
    expect((await page.locator('#family .now p').textContent())!).toContain((await said.textContent())!);
  });

  it.each([
    [640, '200 %'],
    [320, '400 %'],
  ])('needs no sideways scrolling when it is enlarged: %i px, as with %s', async (width) => {
    const page = await open({ viewport: { width, height: 450 }, deviceScaleFactor: 2 });
    await eachState(page, app.url, async (state) =>
      expect([state, await overflow(page)]).toEqual([state, 0]),
    );
  });

  it('stands still for people who asked for less motion', async () => {
    const page = await open();
    const moving: string[] = [];
    await eachState(page, app.url, async (state) => {
      const count = await page.evaluate<number>(
        `document.getAnimations().filter((one) => one.effect.getTiming().duration > 10).length`,
      );
      if (count > 0) moving.push(state);
    });
    expect(moving).toEqual([]);
  });
});
