// The site as it is published: installed, built for a path of a host, crawled, and read in Chromium.
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Page } from 'playwright-core';
import { SIDEBAR, type SidebarItem } from '../../site/sidebar.mjs';
import { Browser, complaintsOf } from '../browser/browser.js';
import { ENTRIES } from '../support/entries.js';
import { run } from '../support/processes.js';
import { publicSurface, surfaceProgram } from '../support/public-surface.js';
import { type BuiltPage, deadLinks, readPage, readSite } from './built-site.js';
import { serveFolder } from './site-server.js';

// Packages are installed and some 600 pages made: a limit that only a hang reaches.
jest.setTimeout(600_000);

const SITE = join(import.meta.dirname, '../../site');
const DIST = join(SITE, 'dist');
const BASE = '/some/path/';
const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

const addressesOf = (items: readonly SidebarItem[]): string[] =>
  items.flatMap(({ link, items: below = [] }) => [...(link ? [link] : []), ...addressesOf(below)]);

let pages: ReadonlyMap<string, BuiltPage>;
beforeAll(async () => {
  await run('npm', ['ci', '--ignore-scripts', '--prefer-offline', '--loglevel=error'], { cwd: SITE });
  await run('npm', ['run', '--silent', 'build'], { cwd: SITE, env: { ...process.env, SITE_BASE: BASE } });
  pages = readSite(DIST);
});

describe('the built site', () => {
  it('has a page for every line of the sidebar', () => {
    const paths = addressesOf(SIDEBAR).map(
      (link) => `${link.slice(1)}${link.endsWith('/') ? 'index' : ''}.html`,
    );
    expect(paths.length).toBeGreaterThan(50);
    expect(paths.filter((path) => !pages.has(path))).toEqual([]);
  });

  it('has no dead link', () => {
    expect([...pages.values()].flatMap(({ links }) => links).length).toBeGreaterThan(10_000);
    expect(deadLinks(pages, BASE, (path) => existsSync(join(DIST, path)))).toEqual([]);
  });

  it('would be seen to have one', () => {
    const links = ['a.html#there', 'a.html#gone', 'gone.html', '/gone.html', '/some/path/a.svg', '#gone'];
    const html = `<h2 id="there">A</h2>${links.map((link) => `<a class="x" href="${link}">x</a>`).join('')}`;
    const site = new Map([['a.html', readPage('a.html', html)]]);
    expect(deadLinks(site, BASE, (path) => path === 'a.svg')).toEqual([
      'a.html leads to a.html#gone',
      'a.html leads to gone.html',
      'a.html leads to /gone.html',
      'a.html leads to #gone',
    ]);
  });

  it('leads to every page from the sidebar, a list of decisions or an index of the API', () => {
    const reached = new Set(['index.html', '404.html']);
    for (const { path, links } of pages.values())
      for (const link of links) {
        const { pathname } = new URL(link, `http://site${BASE}${path}`);
        reached.add(pathname.slice(BASE.length).replace(/(^|\/)$/, '$1index.html'));
      }
    expect([...pages.keys()].filter((path) => !reached.has(path))).toEqual([]);
  });

  it('loads nothing from another host', () => {
    const foreign = [...pages.values()].flatMap(({ loads }) => loads).filter((url) => !url.startsWith(BASE));
    expect(foreign.filter((url) => !url.startsWith('data:'))).toEqual([]);
  });

  it('has an API page for every entry and every export', () => {
    expect(ENTRIES.map(({ name }) => name).filter((name) => !pages.has(`api/${name}/index.html`))).toEqual(
      [],
    );
    const documented = new Set([...pages.keys()].map((path) => /^api\/.*\/([^/]+)\.html$/.exec(path)?.[1]));
    const names = publicSurface(surfaceProgram()).map(({ name }) => name);
    expect(names.filter((name) => !name.includes('.') && !documented.has(name))).toEqual([]);
  });

  it('is light: a guide with its scripts and styles', () => {
    const { html, loads } = pages.get('sessions.html')!;
    const files = [...new Set(loads)]
      .filter((url) => url.startsWith(BASE))
      .map((url) => join(DIST, url.slice(BASE.length)));
    const weight = [html, ...files.map((file) => readFileSync(file))].reduce(
      (sum, part) => sum + gzipSync(part).length,
      0,
    );
    expect(weight).toBeGreaterThan(20_000);
    expect(weight).toBeLessThan(200_000);
  });
});

describe('a reader of the site, in Chromium', () => {
  let browser: Browser;
  let site: Awaited<ReturnType<typeof serveFolder>>;
  let page: Page;
  let complaints: readonly string[];
  const requested: string[] = [];
  beforeAll(async () => {
    site = await serveFolder(DIST, BASE);
    browser = await Browser.start();
    page = await browser.page();
    complaints = complaintsOf(page);
    page.on('request', (request) => void requested.push(request.url()));
  });
  afterAll(async () => {
    await browser.close();
    await site.close();
  });

  const isDark = () => page.evaluate<boolean>(`document.documentElement.classList.contains('dark')`);

  it('finds "refresh" by the search', async () => {
    await page.goto(site.url);
    await page.getByRole('button', { name: 'Search' }).click();
    await page.locator('#localsearch-input').fill('refresh');
    const results = page.locator('.VPLocalSearchBox .result');
    await results.first().waitFor();
    expect(await results.allInnerTexts()).toEqual(
      expect.arrayContaining([expect.stringContaining('Refresh-token families')]),
    );
    await results.first().click();
    await page.waitForURL(/refresh-families\.html/);
  });

  it('finds an export by its name', async () => {
    await page.goto(site.url);
    await page.getByRole('button', { name: 'Search' }).click();
    await page.locator('#localsearch-input').fill('rolesChanged');
    await page.locator('.VPLocalSearchBox .result', { hasText: 'AuthenticationService' }).first().click();
    await page.waitForURL(/AuthenticationService\.html#roleschanged/);
  });

  it('goes from a guide to a guide, and from a comment to a guide', async () => {
    await page.goto(`${site.url}sessions.html`);
    await page.locator('.vp-doc').getByRole('link', { name: 'how soon each node knows' }).click();
    await page.waitForURL(`${site.url}revocation.html`);
    await page.goto(`${site.url}api/nestjs-aerie/classes/AuthModule.html`);
    await page.getByRole('link', { name: 'docs/options.md' }).click();
    await page.waitForURL(`${site.url}options.html`);
  });

  it('gets an answer of the decision guide, which leads to guides', async () => {
    await page.goto(`${site.url}decision-guide.html`);
    const choose = (label: string) => page.getByLabel(label).check();
    await choose('A mobile or desktop application, a command line, an agent');
    await choose('None: only this application');
    await choose('Within milliseconds, and a request costs no query');
    await page.getByRole('heading', { name: 'Tokens', exact: true }).waitFor();
    expect(await page.locator('.decision-guide pre').first().innerText()).toContain(`defaultMode: 'tokens'`);
    await page.getByRole('link', { name: 'docs/refresh-families.md' }).click();
    await page.waitForURL(`${site.url}refresh-families.html`);
  });

  it('chooses dark, and it stays dark', async () => {
    await page.goto(`${site.url}options.html`);
    expect(await isDark()).toBe(false);
    await page.locator('.VPNavBar .VPSwitchAppearance').first().click();
    expect(await isDark()).toBe(true);
    await page.reload();
    expect(await isDark()).toBe(true);
  });

  describe.each(['light', 'dark'])('in %s colours', (colours) => {
    it.each(['', 'start.html', 'sessions.html', 'decision-guide.html', 'api/nestjs-aerie/index.html'])(
      'reads it on a phone, and with a screen reader: /%s',
      async (path) => {
        await page.setViewportSize({ width: 360, height: 740 });
        await page.goto(site.url + path);
        await page.evaluate(`localStorage.setItem('vitepress-theme-appearance', '${colours}')`);
        await page.reload();
        expect(await isDark()).toBe(colours === 'dark');
        expect(await page.evaluate<number>('document.documentElement.scrollWidth')).toBe(360);
        await page.addScriptTag({ path: AXE });
        const violations = await page.evaluate<string[]>(`axe.run(document).then(({ violations }) =>
          violations.map(({ id, impact, nodes }) => impact + ': ' + id + ': ' + nodes[0].html))`);
        expect(violations.filter((one) => /^(serious|critical)/.test(one))).toEqual([]);
      },
    );
  });

  it('asks no other host for anything, and has no errors', () => {
    expect(requested.length).toBeGreaterThan(20);
    expect(requested.filter((url) => !url.startsWith(site.origin) && !url.startsWith('data:'))).toEqual([]);
    expect(complaints).toEqual([]);
  });
});
