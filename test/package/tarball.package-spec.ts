/** What is published: the files of the tarball, their weight and links, and what the linters of packages say of it. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { ROOT } from '../support/build-output.js';
import { ENTRIES, MANIFEST } from '../support/entries.js';
import { anchorsOf, linksOf, parsePage } from '../support/markdown.js';
import { run, runToEnd } from '../support/processes.js';
import { type Packed, packNow } from './packed-library.js';

/** Unpacked, with the guides. */
const LIMIT = 2_350_000;

let folder: string;
let packed: Packed;
let paths: readonly string[];
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'aerie-tarball-'));
  packed = await packNow(folder);
  paths = packed.files.map(({ path }) => path);
  await run('tar', ['-xzf', packed.filename], { cwd: folder });
}, 240_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('the tarball', () => {
  it('holds what is needed to use it, and nothing else', async () => {
    const guides = (await readdir(join(ROOT, 'docs'))).filter((name) => name.endsWith('.md'));
    expect(guides.length).toBeGreaterThan(10);
    const outside = [
      'LICENSE',
      'README.md',
      'package.json',
      'schematics/collection.json',
      ...guides.map((name) => `docs/${name}`),
    ];
    expect(paths.filter((path) => !path.startsWith('dist/')).sort()).toEqual(outside.sort());
    expect(paths).toEqual(
      expect.arrayContaining(['dist/index.js', 'dist/index.d.ts', 'dist/testing/index.js']),
    );
    expect(paths.filter((path) => path.startsWith('dist/') && !/\.(d\.ts|js)$/.test(path))).toEqual([]);
    expect(paths.filter((path) => /\.(spec|e2e-spec)\./.test(path))).toEqual([]);
  });

  it('stays light', () => {
    const kB = (bytes: number) => `${Math.round(bytes / 1000)} kB`;
    process.stdout.write(
      `${packed.filename}: ${kB(packed.size)}, ${kB(packed.unpackedSize)} unpacked, ${paths.length} files\n`,
    );
    expect(packed.unpackedSize).toBeLessThan(LIMIT);
  });

  it('has no constructor of a class that applications only inject', async () => {
    const text = await readFile(join(folder, 'package/dist/sign-in/authentication.service.d.ts'), 'utf8');
    expect(text).toContain('signIn(');
    expect(text).not.toContain('constructor(');
  });

  it('has links that lead to files of its own, and to headings in them', async () => {
    const pages = await Promise.all(
      paths
        .filter((path) => path.endsWith('.md'))
        .map(async (path) => parsePage(path, await readFile(join(folder, 'package', path), 'utf8'))),
    );
    const links = pages.flatMap((page) =>
      linksOf(page)
        .filter(({ target }) => !/^[a-z][a-z+.-]*:/i.test(target))
        .map(({ target, line }) => ({ page, target, line })),
    );
    expect(links.length).toBeGreaterThan(50);
    const dangling = links.filter(({ page, target }) => {
      const [file = '', anchor] = target.split('#');
      const path = file === '' ? page.path : join(dirname(page.path), file);
      const led = pages.find((one) => one.path === path);
      return !paths.includes(path) || (anchor !== undefined && !(led && anchorsOf(led).has(anchor)));
    });
    expect(dangling.map(({ page, line, target }) => `${page.path}:${line} leads to ${target}`)).toEqual([]);
    // Every guide can be reached from the page that npm shows.
    const listed = links.filter(({ page }) => page.path === 'README.md').map(({ target }) => target);
    expect([...new Set(listed)].sort()).toEqual(paths.filter((path) => path.startsWith('docs/')).sort());
  });
});

describe('its manifest', () => {
  it('lists the same entries for every kind of module resolution', () => {
    const types = Object.fromEntries(
      ENTRIES.map(({ name }) => [name.replace('nestjs-aerie', '.'), name]).flatMap(([subpath]) => {
        const target = MANIFEST.exports[subpath!];
        return subpath === '.' || typeof target !== 'object' ? [] : [[subpath!.slice(2), [target.types]]];
      }),
    );
    expect(MANIFEST.typesVersions['*']).toEqual(types);
  });

  it('passes publint', async () => {
    const bin = join(ROOT, 'node_modules/publint/src/cli.js');
    const { code, stdout } = await runToEnd(process.execPath, [bin, packed.filename, '--strict'], {
      cwd: folder,
    });
    expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringContaining('All good!') });
  }, 60_000);

  it('passes attw: types for every entry, in Node and in bundlers', async () => {
    const bin = join(ROOT, 'node_modules/@arethetypeswrong/cli/dist/index.js');
    // CommonJS loads the ES modules by `require`, which the versions of Node.js in `engines` can do.
    const flags = ['--ignore-rules', 'cjs-resolves-to-esm', '--format', 'json'];
    const { code, stdout } = await runToEnd(process.execPath, [bin, packed.filename, ...flags], {
      cwd: folder,
    });
    const { analysis } = JSON.parse(stdout) as { analysis: { entrypoints: object } };
    expect(Object.keys(analysis.entrypoints)).toHaveLength(Object.keys(MANIFEST.exports).length);
    expect(code).toBe(0);
  }, 60_000);
});
