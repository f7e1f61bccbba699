// The built demo in processes of its own.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { buildPage } from '../../scripts/build-page.mjs';
import { type BuiltWorkspace, buildWorkspace, ROOT } from '../support/build-output.js';
import { freePort, run, startServer } from '../support/processes.js';

describe('the built demo', () => {
  let workspace: BuiltWorkspace;
  let output: string;
  let cwd: string;
  beforeAll(async () => {
    workspace = await buildWorkspace();
    output = await workspace.emit(join(ROOT, 'src'));
    cwd = await mkdtemp(join(tmpdir(), 'aerie-demo-'));
  }, 60_000);
  afterAll(async () => {
    await workspace?.remove();
    if (cwd) await rm(cwd, { recursive: true, force: true });
  });

  it('has one secret, however many of it start at once', async () => {
    const config = pathToFileURL(join(output, 'demo-config.js')).href;
    const script = `
      const { demoConfig } = await import(${JSON.stringify(config)});
      while (Date.now() < Number(process.argv[1])) {}
      console.log(demoConfig({ DATABASE_URL: 'sqlite::memory:' }).secret);`;
    for (let round = 0; round < 3; round++) {
      await rm(join(cwd, 'var'), { recursive: true, force: true });
      const at = String(Date.now() + 1_500);
      const args = ['--input-type=module', '-e', script, at];
      const printed = await Promise.all([1, 2, 3, 4].map(() => run(process.execPath, args, { cwd })));
      expect(new Set(printed)).toEqual(
        new Set([`${await readFile(join(cwd, 'var/auth-secret'), 'utf8')}\n`]),
      );
      expect(printed[0]!.trim()).toHaveLength(64);
      expect(await readdir(join(cwd, 'var'))).toEqual(['auth-secret']);
      expect((await stat(join(cwd, 'var/auth-secret'))).mode & 0o777).toBe(0o600);
    }
  }, 60_000);

  it('serves the page that was built beside it', async () => {
    buildPage(join(output, 'page/browser'));
    const port = await freePort();
    const env = { DATABASE_URL: 'sqlite::memory:', PORT: String(port) };
    const demo = await startServer([join(output, 'main.js')], /Try it/, { cwd, env });
    try {
      const answers = await Promise.all(
        ['/', '/page/main.js', '/page/client/index.js', '/page/styles/page.css'].map(
          async (path) => (await fetch(`http://127.0.0.1:${port}${path}`)).status,
        ),
      );
      expect(answers).toEqual([200, 200, 200, 200]);
    } finally {
      await demo.stop();
    }
  }, 60_000);

  it('says when it starts that its Redis does not answer', async () => {
    const env = {
      DATABASE_URL: 'sqlite::memory:',
      REDIS_URL: `redis://127.0.0.1:${await freePort()}`,
      PORT: String(await freePort()),
    };
    const demo = await startServer([join(output, 'main.js')], /Try it/, { cwd, env });
    await demo.stop();
    expect(demo.printed).toMatch(/cache +Redis, \S+: it does not answer/);
  }, 60_000);
});
