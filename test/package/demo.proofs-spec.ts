// The demo with what stands in `dependencies` alone: built here, installed without what development needs, started.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { cp, mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildWorkspace, ROOT } from '../support/build-output.js';
import { HttpClient } from '../support/http-client.js';
import { freePort, run, startServer } from '../support/processes.js';

const FILES = ['package.json', 'package-lock.json', '.npmrc', 'libs/auth/package.json'];

describe('the demo after npm ci --omit=dev', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'aerie-demo-'));
    await mkdir(join(folder, 'libs/auth'), { recursive: true });
    for (const file of FILES) await cp(join(ROOT, file), join(folder, file));
    const workspace = await buildWorkspace();
    const built = join(workspace.folder, 'node_modules/nestjs-aerie/dist');
    await cp(built, join(folder, 'libs/auth/dist'), { recursive: true });
    await cp(await workspace.emit(join(ROOT, 'src')), join(folder, 'dist'), { recursive: true });
    await workspace.remove();
    const flags = ['--omit=dev', '--ignore-scripts', '--prefer-offline', '--loglevel=error'];
    await run('npm', ['ci', ...flags], { cwd: folder });
    // What `npm ci` compiles takes a minute: it has been compiled here.
    const driver = 'node_modules/better-sqlite3/build';
    await cp(join(ROOT, driver), join(folder, driver), { recursive: true }).catch(() => {});
  }, 240_000);
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('starts, with a Redis too, and signs in', async () => {
    const env = { PORT: String(await freePort()), REDIS_URL: `redis://127.0.0.1:${await freePort()}` };
    const demo = await startServer(['dist/main.js'], /Try it/, { cwd: folder, env });
    try {
      const client = new HttpClient(`http://127.0.0.1:${env.PORT}`);
      const password = 'correct horse battery';
      const json = { email: 'ada@example.com', password };
      expect((await client.post('/users', { json })).status).toBe(201);
      const login = { json: { identifier: 'ada@example.com', password } };
      expect((await client.post('/auth/login', login)).status).toBe(200);
      expect((await client.get('/notes')).status).toBe(200);
    } finally {
      await demo.stop();
    }
  }, 120_000);

  it('did not get what only development needs', async () => {
    await expect(readFile(join(folder, 'node_modules/typescript/package.json'))).rejects.toThrow('ENOENT');
  });
});
