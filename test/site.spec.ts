/** The site's list of pages, and where links of the guides lead there. `test/site` builds it. */
import { describe, expect, it } from '@jest/globals';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { slugify } from '../site/markdown.mjs';
import { destination, excluded, pageOf, ROOT } from '../site/repository.mjs';
import { SIDEBAR, type SidebarItem } from '../site/sidebar.mjs';
import { ENTRIES } from './support/entries.js';
import { anchorsOf, parsePage, readPages } from './support/markdown.js';

const linksOf = (items: readonly SidebarItem[]): string[] =>
  items.flatMap(({ link, items: below = [] }) => [...(link ? [link] : []), ...linksOf(below)]);

/** The address of a page: `/decisions/` of `decisions/index.md`. */
const addressOf = (page: string) => `/${page.replace(/\.md$/, '').replace(/(^|\/)index$/, '$1')}`;

const markdownIn = (folder: string) =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .map((path) => join(folder, path).replaceAll('\\', '/'))
    .filter((path) => path.endsWith('.md') && !/node_modules|\/(api|dist)\//.test(path));

const PAGES = ['docs', 'site', 'examples', 'bench', 'CHANGELOG.md', 'CONTRIBUTING.md', 'SECURITY.md']
  .flatMap((place) => (place.endsWith('.md') ? [place] : markdownIn(place)))
  .filter((path) => path !== 'site/index.md');

describe('the sidebar of the site', () => {
  const links = linksOf(SIDEBAR);

  it('has a place for every page; decisions have their own list', () => {
    const listed = PAGES.filter((path) => !/^docs\/decisions\/(?!README)/.test(path));
    expect(listed.length).toBeGreaterThan(40);
    const api = ['/api/', ...ENTRIES.map(({ name }) => `/api/${name}/`)];
    expect([...links].sort()).toEqual([...listed.map((path) => addressOf(pageOf(path)!)), ...api].sort());
  });

  it('lists the decisions on their page', () => {
    const decisions = PAGES.filter((path) => /^docs\/decisions\/(?!README)/.test(path));
    const { text } = readPages().find(({ path }) => path === 'docs/decisions/README.md')!;
    const unlisted = decisions.filter((path) => !text.includes(`](${path.slice('docs/decisions/'.length)})`));
    expect(unlisted).toEqual([]);
  });

  it('holds no page twice', () => {
    expect(new Set(links).size).toBe(links.length);
  });
});

describe('a link of a guide', () => {
  it.each([
    ['docs/sessions.md', 'revocation.md#the-feed', '/revocation.md#the-feed'],
    ['docs/sessions.md', 'decisions/README.md', '/decisions/index.md'],
    ['docs/decisions/cookies.md', '../sessions.md', '/sessions.md'],
    ['docs/services.md', '../examples/services/README.md', '/examples/services.md'],
    ['docs/nest.md', '../README.md#how-fast', '/measured.md#how-fast'],
    ['docs/nest.md', '../README.md#supported-versions', '/start.md#supported-versions'],
    ['docs/nest.md', '../README.md', '/start.md'],
    ['site/start.md', 'docs/nest-add.md', '/nest-add.md'],
    ['site/api/nestjs-aerie/index.md', 'classes/AuthModule.md', '/api/nestjs-aerie/classes/AuthModule.md'],
    ['CHANGELOG.md', 'docs/keys.md', '/keys.md'],
  ])('of %s, %s, leads to the page %s', (from, link, page) => {
    expect(destination(from, link)).toBe(page);
  });

  it('to a source is plain text while package.json names no repository, and to nothing is a dead link', () => {
    expect(destination('docs/threats.md', '../test/refresh/reuse.e2e-spec.ts')).toBeNull();
    expect(destination('docs/threats.md', '../test/refresh/none.e2e-spec.ts')).toBeUndefined();
    expect(destination('docs/threats.md', 'none.md')).toBeUndefined();
  });
});

describe('a heading', () => {
  it('has the anchor that GitHub gives it', () => {
    for (const page of readPages()) {
      const anchors = anchorsOf(page);
      const missing = page.headings
        .map((heading) => heading.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1').replaceAll('`', ''))
        .filter((heading) => !anchors.has(slugify(heading)));
      expect(missing).toEqual([]);
    }
    expect(anchorsOf(parsePage('a.md', '# `AUTH_X` & more'))).toEqual(new Set(['auth_x--more']));
    expect(slugify('AUTH_X & more')).toBe('auth_x--more');
  });
});

describe('what is no page', () => {
  it('is left out: sources, tests, packages', () => {
    expect(excluded()).toEqual(expect.arrayContaining(['libs/**', 'test/**', 'src/**', 'README.md']));
    expect(excluded()).not.toEqual(expect.arrayContaining(['docs/**']));
    expect(pageOf('README.md')).toBeNull();
  });
});
