// The check of the lock files that CI begins with, shown a good one and bad ones.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runToEnd } from './support/processes.js';

const ROOT = join(import.meta.dirname, '..');

interface LockFile {
  packages: Record<string, { resolved?: string }>;
}

describe('scripts/check-lock-file.mjs', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'aerie-lock-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  const check = (...files: string[]) =>
    runToEnd(process.execPath, [join(ROOT, 'scripts/check-lock-file.mjs'), ...files], { cwd: folder });
  const checkChanged = async (change: (lock: LockFile) => void) => {
    const lock = JSON.parse(await readFile(join(ROOT, 'package-lock.json'), 'utf8')) as LockFile;
    change(lock);
    const path = join(folder, 'package-lock.json');
    await writeFile(path, JSON.stringify(lock));
    return check(path);
  };

  it('accepts ours', async () => {
    expect(await check()).toEqual({ code: 0, stdout: '', stderr: '' });
  });

  it('refuses addresses', async () => {
    const { code, stderr } = await checkChanged(({ packages }) => {
      packages['node_modules/rxjs']!.resolved = 'https://packages.example.com/rxjs.tgz';
    });
    expect(code).toBe(1);
    expect(stderr).toMatch(/1 packages have the address of a registry, such as node_modules\/rxjs/);
  });

  it.each([
    ['@swc/core', /@swc\/core-darwin/],
    ['oxlint', /@oxlint\/binding-darwin/],
    ['unrs-resolver', /@unrs\/resolver-binding-darwin/],
    ['@node-rs/argon2', /@node-rs\/argon2-darwin/],
  ])('refuses a lock file that lost the binaries of %s for macOS', async (name, binary) => {
    const { code, stderr } = await checkChanged(({ packages }) => {
      const lost = Object.keys(packages).filter((path) => binary.test(path));
      expect(lost.length).toBeGreaterThan(0);
      for (const path of lost) delete packages[path];
    });
    expect(code).toBe(1);
    expect(stderr).toContain(`${name} has no binary for darwin`);
    expect(stderr).toContain(`${name} lacks `);
  });

  it('refuses a lock file that knows other needs than its manifest', async () => {
    const needs = { name: 'a', dependencies: { rxjs: '^7.0.0' } };
    await writeFile(join(folder, 'package.json'), JSON.stringify(needs));
    const lock = (version: string) => ({ packages: { '': { dependencies: { rxjs: version } } } });
    const path = join(folder, 'other-lock.json');
    await writeFile(path, JSON.stringify(lock('^7.0.0')));
    expect(await check(path)).toEqual({ code: 0, stdout: '', stderr: '' });
    await writeFile(path, JSON.stringify(lock('^6.0.0')));
    expect((await check(path)).stderr).toMatch(/\.\/package\.json asks for something else/);
    await rm(join(folder, 'package.json'));
  });

  it('refuses a lock file that is not there', async () => {
    const { code, stderr } = await check(join(folder, 'none.json'));
    expect(code).toBe(1);
    expect(stderr).toMatch(/none\.json: there is no such file/);
  });
});
