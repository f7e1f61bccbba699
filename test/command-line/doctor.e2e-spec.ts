import { beforeAll, describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ProcessEnd } from '../support/processes.js';
import { writeApplications } from './applications.js';
import { buildCommand, type CommandUnderTest, endsOf, placed, refusedInOneLine } from './commands.js';

const AUTH_SECRET = randomBytes(48).toString('base64url');
const GOOD = { AUTH_SECRET, APP_MIGRATES: '1', APP_GLOBAL_GUARD: '1' };

interface Report {
  readonly application: string;
  readonly ok: boolean;
  readonly findings: readonly { readonly level: string; readonly code: string; readonly message: string }[];
}

describe('nestjs-aerie doctor', () => {
  let command: CommandUnderTest;
  beforeAll(async () => {
    command = await buildCommand();
    await writeApplications(command);
  });

  const doctor = (env: Record<string, string>, ...args: string[]): Promise<ProcessEnd> =>
    command.run(['doctor', 'app.module.mjs#AppModule', ...args], { env });
  const report = async (env: Record<string, string>, ...args: string[]) => {
    const { code, stdout, stderr } = await doctor(env, '--json', ...args);
    if (code === 2) throw new Error(stderr);
    const { ok, findings } = JSON.parse(stdout) as Report;
    expect(ok).toBe(code === 0);
    return { code, found: findings.map(({ level, code: what }) => `${level} ${what}`), findings };
  };

  it.each(['app.module.mjs#AppModule', './app.module.cjs'])(
    'finds nothing wrong with %s, runs no hook of it, and ends by itself',
    async (module) => {
      const end = await command.run(['doctor', module, '--strict', '--production'], { env: GOOD });
      expect(end).toEqual({
        code: 0,
        stdout: `${module}: 0 errors, 0 warnings, 0 notes\n`,
        // Its own output is kept apart from the result.
        stderr: 'the application prints\n',
      });
    },
  );

  it('names missing tables, and routes that are open', async () => {
    const { code, findings } = await report({ AUTH_SECRET });
    expect(code).toBe(1);
    const tables = findings.filter(({ code: what }) => what === 'missing-table');
    expect(tables.map(({ message }) => /the table "(\w+)"/.exec(message)?.[1])).toContain(
      'auth_refresh_token_family',
    );
    const [roles] = findings.filter(({ code: what }) => what === 'roles-unchecked');
    expect(roles!.message).toContain('CatsController.remove');
    const [open] = findings.filter(({ code: what }) => what === 'uncovered-handlers');
    expect(open!.level).toBe('warning');
    expect(open!.message).toMatch(/^everybody can call CatsController\.list: /);
  });

  it('tells stores in memory, which are an error in production alone', async () => {
    const env = { ...GOOD, APP_STORES: 'memory' };
    expect(await report(env)).toMatchObject({
      code: 0,
      found: ['warning memory-stores', 'warning audit-off'],
    });
    expect(await report(env, '--strict')).toMatchObject({ code: 1 });
    expect(await report({ ...env, NODE_ENV: 'production' })).toMatchObject({
      code: 1,
      found: ['error memory-stores', 'warning audit-off'],
    });
  });

  it('tells a wrong setting and a weak secret, and shows neither', async () => {
    const short = await doctor({ ...GOOD, AUTH_SECRET: 'hush-hush' });
    expect(short).toMatchObject({ code: 1 });
    expect(short.stdout).toMatch(/^error +wrong-setting\n +"secret" must be a string of at least 32 bytes/);
    const weak = await doctor({
      ...GOOD,
      AUTH_SECRET: 'hush-hush-secret-hush-hush-secret',
      NODE_ENV: 'production',
    });
    expect(weak.stdout).toMatch(/^error +weak-secret\n/);
    expect(short.stdout + short.stderr + weak.stdout + weak.stderr).not.toContain('hush');
  });

  it('tells a database that is away at once, without its password', async () => {
    const env = { ...GOOD, APP_DATABASE: 'postgres://ada:hunter2@127.0.0.1:1/app' };
    const { code, stdout, stderr } = await doctor(env);
    expect(code).toBe(1);
    expect(stdout).toMatch(/^error +stores-unreachable\n.*ECONNREFUSED/);
    expect(stdout + stderr).not.toContain('hunter2');
  });

  it('tells keys that this secret cannot decrypt, and makes none itself', async () => {
    const path = join(command.folder, 'keys.sqlite');
    const env = { ...GOOD, APP_DATABASE: path };
    const starts = `
      import { NestFactory } from '@nestjs/core';
      import { AppModule } from './app.module.mjs';
      const app = await NestFactory.createApplicationContext(AppModule, { logger: false });
      await app.close();
      process.exit();
    `;
    // Examined before its first start: there is no key yet, and there is none afterwards.
    expect(await report({ ...env, AUTH_SECRET: randomBytes(48).toString('hex') })).toMatchObject({
      found: [],
    });
    await command.node(starts, env);
    expect(await report(env)).toMatchObject({ found: [] });
    const other = await report({ ...env, AUTH_SECRET: randomBytes(48).toString('hex') });
    expect(other).toMatchObject({ code: 1, found: ['error keys-closed'] });
    expect(other.findings[0]!.message).toContain('"secret" must contain the secret that encrypted');
  });

  it('looks for a trusted proxy in main.js beside the module', async () => {
    const main = join(command.folder, 'main.js');
    try {
      await writeFile(main, 'await app.listen(3000);');
      expect(await report(GOOD, '--production')).toMatchObject({ code: 0, found: ['warning trust-proxy'] });
    } finally {
      await rm(main);
    }
  });

  it('takes variables from a file, for those that are not set', async () => {
    await writeFile(join(command.folder, '.env'), `APP_STORES=memory\nAUTH_SECRET=short\n`);
    expect(await report(GOOD, '--env', '.env')).toMatchObject({
      found: ['warning memory-stores', 'warning audit-off'],
    });
  });

  const REFUSED: [string[], RegExp][] = [
    [['app.module.ts#AppModule'], /app\.module\.ts is TypeScript: build the application/],
    [['gone.js#AppModule'], /there is no file gone\.js/],
    [['.'], /\. is no file/],
    [['broken.mjs'], /broken\.mjs cannot be loaded: .*not-installed/],
    [['empty.mjs'], /exports no module of Nest/],
    [['app.module.mjs', '--env', 'gone.env'], /cannot read the environment/],
    [[], /missing required argument 'module'/],
  ];
  const refused = endsOf(async () => {
    await writeFile(join(command.folder, 'broken.mjs'), "import 'not-installed';");
    await writeFile(join(command.folder, 'empty.mjs'), 'export const AppModule = 1;');
    return command.together(REFUSED.map(([args]) => ({ args: ['doctor', ...args], env: GOOD })));
  });
  it.each(placed(REFUSED))('refuses %j in one line', async (_, why, place) => {
    expect(refusedInOneLine(await refused(place))).toMatch(why);
  });

  it.each<[string[], Record<string, string>, RegExp]>([
    [['app.module.mjs#Nobody'], {}, /has no module Nobody \(it has the modules AppModule\)/],
    [['app.module.mjs'], { APP_BARE: '1' }, /does not import AuthModule/],
    [['app.module.mjs'], { APP_EXITS: '1' }, /the application ended the process/],
    [['hanging.mjs', '--timeout', '1'], {}, /was not ready within 1 s/],
  ])('refuses the application %j with %j in one line', async (args, env, why) => {
    await writeFile(
      join(command.folder, 'hanging.mjs'),
      `import { Module } from '@nestjs/common';
      export class AppModule {}
      Module({ providers: [{ provide: 'x', useFactory: () => new Promise(() => {}) }] })(AppModule);`,
    );
    const end = await command.run(['doctor', ...args], { env: { ...GOOD, ...env } });
    expect(refusedInOneLine({ ...end, stderr: end.stderr.replace('the application prints\n', '') })).toMatch(
      why,
    );
  });
});
