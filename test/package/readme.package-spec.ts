// The README's fifteen lines, emitted beside the built package and run as an application of their own.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BuiltWorkspace, buildWorkspace, ROOT } from '../support/build-output.js';
import { HttpClient } from '../support/http-client.js';
import { markedBlocks, readPage } from '../support/markdown.js';
import { type RunningServer, run, startServer } from '../support/processes.js';

const PASSWORD = 'correct horse battery';
const MAIN = `
import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { AppModule } from './app.module.js';

const app = await NestFactory.create(AppModule, { logger: ['error', 'warn'] });
await app.listen(0, '127.0.0.1');
console.log(\`listens on \${await app.getUrl()} .\`);
`;

describe('the fifteen lines of the README', () => {
  const [block] = markedBlocks(readPage('README.md'), 'fifteen-lines');
  const text = block!.text;
  let workspace: BuiltWorkspace | undefined;
  let server: RunningServer | undefined;
  let cwd: string;
  let client: HttpClient;
  beforeAll(async () => {
    workspace = await buildWorkspace();
    const sources = join(workspace.folder, 'sources');
    await mkdir(sources);
    await writeFile(join(sources, 'app.module.ts'), text);
    await writeFile(join(sources, 'main.ts'), MAIN);
    const main = join(await workspace.emit(sources), 'main.js');
    cwd = await mkdtemp(join(tmpdir(), 'aerie-readme-'));
    const [hashing] = markedBlocks(readPage('README.md'), 'ada-hash');
    const script = `${hashing!.text}\nprintf '%s %s' "$AUTH_SECRET" "$ADA_HASH"`;
    const [secret, hash] = (await run('bash', ['-euc', script], { cwd: workspace.folder })).split(' ');
    const env = { AUTH_SECRET: secret!, ADA_HASH: hash! };
    const driver = join(ROOT, 'test/support/newer-sqlite.cjs');
    server = await startServer(['--require', driver, main], /listens on \S+ \./, { cwd, env });
    client = new HttpClient(/listens on (\S+) \./.exec(server.printed)![1]!.replace(/\/$/, ''));
  }, 120_000);
  afterAll(async () => {
    await server?.stop();
    await workspace?.remove();
    if (cwd) await rm(cwd, { recursive: true, force: true });
  });

  const login = (password: string) => ({
    json: { identifier: 'ada@example.com', password, mode: 'tokens' },
  });

  it('are fifteen', () => {
    const counted = text
      .replace(/^import [^;]*;\n/gm, '')
      .split('\n')
      .filter((line) => line.trim() !== '' && !line.startsWith('// file:'));
    expect(counted.length).toBeLessThanOrEqual(15);
  });

  it('guard a route', async () => {
    expect((await client.get('/me')).status).toBe(401);
    expect((await client.get('/me', { bearer: 'nonsense' })).status).toBe(401);
  });

  it('let in a browser with the session that it got', async () => {
    const browser = new HttpClient(/listens on (\S+) \./.exec(server!.printed)![1]!.replace(/\/$/, ''));
    const json = { identifier: 'ada@example.com', password: PASSWORD };
    expect((await browser.post('/auth/login', { json })).status).toBe(200);
    expect((await browser.get('/me')).body).toMatchObject({ id: 'ada', kind: 'session' });
  });

  it('sign in who knows the password', async () => {
    expect((await client.post('/auth/login', login('wrong'))).status).toBe(401);
    const { status, body } = await client.post('/auth/login', login(PASSWORD));
    expect(status).toBe(200);
    const me = await client.get('/me', { bearer: body.access_token });
    expect(me.status).toBe(200);
    expect(me.body).toMatchObject({ id: 'ada', roles: ['admin'] });
    const refreshed = await client.post('/auth/refresh', { json: { refresh_token: body.refresh_token } });
    expect(refreshed.status).toBe(200);
    expect((await client.get('/me', { bearer: refreshed.body.access_token })).status).toBe(200);
  });
});
