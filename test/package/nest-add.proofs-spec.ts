/**
 * From `nest new` to a guarded route, with the Nest CLI 11 and 12, by the commands that docs/nest-add.md prints. The package
 * comes from a registry on loopback, all others from the one that npm is configured for.
 */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { MANIFEST } from '../support/entries.js';
import { markedBlocks, readPage } from '../support/markdown.js';
import { freePort, runToEnd, type RunningServer, startServer } from '../support/processes.js';
import { type LoopbackRegistry, loopbackRegistry } from './loopback-registry.js';
import { packedForTests } from './packed-library.js';

const LIMIT_MS = 180_000;
const PAGE = readPage('docs/nest-add.md');
const printed = (marker: string) => markedBlocks(PAGE, marker)[0]!.text;

const packed = packedForTests();
let registry: LoopbackRegistry;
beforeAll(async () => {
  registry = await loopbackRegistry(packed.tarball, MANIFEST);
});
afterAll(() => registry?.close());

describe.each(['11', '12'])('a project of Nest CLI %s', (cli) => {
  let cwd: string;
  let env: Record<string, string>;
  let server: RunningServer | undefined;
  afterAll(() => server?.stop());

  /** Without what this run has in its environment and a newcomer does not: Jest makes NODE_ENV where there is none. */
  const shell = (script: string) =>
    runToEnd('bash', ['-c', `unset NODE_ENV NODE_OPTIONS; ${script}`], { cwd, env });
  const succeed = async (script: string): Promise<string> => {
    const { code, stdout, stderr } = await shell(script);
    expect({ script, code, stderr: code === 0 ? '' : stdout + stderr }).toEqual({
      script,
      code: 0,
      stderr: '',
    });
    return stdout;
  };

  it(
    'guards a route within three minutes, without an edit',
    async () => {
      cwd = await mkdtemp(join(packed.folder, 'cli-'));
      const port = String(await freePort());
      env = { npm_config_registry: registry.url, PORT: port, CI: '1' };
      const began = Date.now();
      await succeed(printed(`nest-new-${cli}`).replace(/\ncd .*/, ''));
      cwd = join(cwd, 'shop');
      await succeed(printed('nest-add'));
      // What `npm run start` does, without the CLI's process between: it would not pass a signal on.
      await succeed('npm run build');
      server = await startServer(['dist/main.js'], /successfully started/, {
        cwd,
        env: { ...env, NODE_ENV: '', NODE_OPTIONS: '' },
      });
      const answers = await succeed(
        printed('try').replaceAll('localhost:3000', `localhost:${port}`).replaceAll('curl ', 'curl -si '),
      );
      const took = Date.now() - began;
      expect(answers.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 401', 'HTTP/1.1 200', 'HTTP/1.1 200']);
      expect(answers).toMatch(/\{"id":"[\w-]+","roles":\[\]\}$/);
      process.stdout.write(
        `Nest CLI ${cli}: from nest new to a guarded route in ${Math.round(took / 1000)} s\n`,
      );
      expect(took).toBeLessThan(LIMIT_MS);
      await server.stop();
    },
    2 * LIMIT_MS,
  );

  it('keeps the tests of the project passing, also where there is no .env', async () => {
    const tests = 'npm test && npm run test:e2e';
    await succeed(tests);
    await succeed(`mv .env away && ${tests}; status=$?; mv away .env; exit $status`);
  }, 240_000);

  it('passes the linter and the formatter of the project', async () => {
    await succeed('npx prettier --check "src/**/*.ts" && npm run lint && npm run build');
  }, 120_000);

  it('adds nothing the second time', async () => {
    const state = () =>
      succeed(
        'find . -path ./node_modules -prune -o -path ./dist -prune -o -type f -print0 | sort -z | xargs -0 sha256sum',
      );
    const before = await state();
    expect(await succeed('npx nest add nestjs-aerie --skip-install')).toContain('Nothing was changed');
    expect(await state()).toBe(before);
  }, 60_000);

  it('refuses to start in production, where users would be in memory', async () => {
    const { code, stderr } = await shell('NODE_ENV=production node dist/main');
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: expect.stringContaining('keeps users and sign-ins in memory'),
    });
  }, 60_000);

  it('writes nothing in a dry run, and nothing where a secret would be committed', async () => {
    await succeed(
      'rm -rf src/auth .env && sed -i /AppAuthModule/d src/app.module.ts && sed -i "s/^@Module({/&\\n  imports: [],/" src/app.module.ts',
    );
    expect(await succeed('npx nest add nestjs-aerie --skip-install --dry-run')).toContain('CREATE');
    expect(existsSync(join(cwd, 'src/auth'))).toBe(false);
    const git = 'git -c user.name=a -c user.email=a@example.com';
    await succeed(`git init -q . && echo PORT=1 > .env && git add -f .env && ${git} commit -qm env`);
    const refused = await shell('npx nest add nestjs-aerie --skip-install');
    // The Nest CLI 11 prints the error, and ends with 0 all the same.
    expect(refused.code).toBe(cli === '11' ? 0 : 1);
    expect(refused.stdout + refused.stderr).toContain('git tracks .env');
    expect(existsSync(join(cwd, 'src/auth'))).toBe(false);
    expect(await readFile(join(cwd, '.env'), 'utf8')).toBe('PORT=1\n');
  }, 120_000);
});
