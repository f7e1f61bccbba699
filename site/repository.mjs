// Where the site finds its pages in the repository, and under which address each is served.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix, relative } from 'node:path';

export const ROOT = join(import.meta.dirname, '..');

/** Pages outside of docs/ and site/, by their address. */
const OTHER_PAGES = {
  'CHANGELOG.md': 'changelog.md',
  'CONTRIBUTING.md': 'contributing.md',
  'SECURITY.md': 'security.md',
  'bench/README.md': 'bench.md',
};

/** Headings of README.md whose text is on another page here than `start`, and that page. */
const README_PARTS = {
  '#in-your-application': 'start.md',
  '#see-it-run': 'tour.md',
  '#a-tour-with-curl': 'tour.md',
  '#what-this-does-not-do': 'measured.md#what-this-does-not-do',
  '#how-fast': 'measured.md#how-fast',
  '#how-sure': 'measured.md#how-sure',
};

/** The page of a file, such as `sessions.md` of `docs/sessions.md`; null if the site has none. Both are Markdown paths. */
export function pageOf(file) {
  const readme = (path) => path.replace(/(^|\/)README\.md$/, '$1index.md');
  if (OTHER_PAGES[file]) return OTHER_PAGES[file];
  if (/^docs\/.*\.md$/.test(file)) return readme(file.slice('docs/'.length));
  if (/^site\/[^.].*\.md$/.test(file)) return readme(file.slice('site/'.length));
  return /^examples\/[\w-]+\/README\.md$/.test(file) ? `${dirname(file)}.md` : null;
}

/** Everything at the top that holds no page, as globs. */
export function excluded() {
  const holdPages = ['docs', 'site', 'examples', 'bench'];
  return readdirSync(ROOT, { withFileTypes: true })
    .filter(({ name }) => !holdPages.includes(name) && !OTHER_PAGES[name])
    .map((entry) => (entry.isDirectory() ? `${entry.name}/**` : entry.name))
    .concat('site/README.md');
}

/**
 * What a link of a page leads to: a page of the site (`/sessions.md#cookies`), a file's address in the repository
 * (null if package.json names no repository), or undefined if there is no such file.
 */
export function destination(from, link) {
  const [, path, hash = ''] = /^([^#]*)(#.*)?$/.exec(link);
  // The site's own pages include parts of README.md, so their links start at the top.
  const folder = /^site\/[\w-]+\.md$/.test(from) ? '.' : posix.dirname(from);
  const file = posix.normalize(posix.join(folder, decodeURI(path))).replace(/\/$/, '');
  if (file === 'README.md') return `/${README_PARTS[hash] ?? `start.md${hash}`}`;
  const page = pageOf(file);
  // TypeDoc writes these when the site is built.
  if (!file.startsWith('site/api/') && !existsSync(join(ROOT, file))) return undefined;
  if (page) return `/${page}${hash}`;
  const repository = repositoryUrl();
  return repository && `${repository}/blob/main/${file}`;
}

/** The repository's address on the web, of package.json; null while that names none. */
export function repositoryUrl() {
  const { repository } = JSON.parse(readFileSync(join(ROOT, 'libs/auth/package.json'), 'utf8'));
  const url = typeof repository === 'string' ? repository : repository?.url;
  return url ? url.replace(/^git\+/, '').replace(/\.git$/, '') : null;
}

/** A file's path in the repository. */
export const fileOf = (path) => relative(ROOT, path).replaceAll('\\', '/');
