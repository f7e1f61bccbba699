import { beforeAll, describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { serviceIssuer } from 'nestjs-aerie/service-tokens';
import { authMigrationSql } from 'nestjs-aerie/sql';
import { writeApplications } from './applications.js';
import { buildCommand, type CommandUnderTest, endsOf, placed, refusedInOneLine } from './commands.js';

describe('nestjs-aerie migrations', () => {
  let command: CommandUnderTest;
  beforeAll(async () => {
    command = await buildCommand();
    await writeApplications(command);
    await writeFile(
      join(command.folder, 'auth.features.mjs'),
      `import { serviceIssuer } from 'nestjs-aerie/service-tokens';
      export const features = [serviceIssuer()];
      export const none = 1;`,
    );
  });

  it.each(['postgres', 'mysql', 'sqlite'] as const)('prints them for %s', async (dialect) => {
    const args = ['migrations', 'print', '--dialect', dialect, '--features', 'auth.features.mjs'];
    const options = { dialect, prefix: 'app_', features: [serviceIssuer()] };
    const printed = [...args, '--prefix', 'app_'];
    const [json, text] = await command.together([{ args: [...printed, '--json'] }, { args: printed }]);
    expect(JSON.parse(json!.stdout)).toEqual(authMigrationSql(options));
    const { code, stdout } = text!;
    expect(code).toBe(0);
    expect(stdout).toContain('AUTH_MIGRATIONS');
    for (const { name, statements } of authMigrationSql(options))
      expect(stdout).toContain(`\n-- ${name}\n${statements.map((one) => `${one};\n`).join('')}`);
  });

  it('runs them once, and doctor finds nothing missing then', async () => {
    const path = join(command.folder, 'app.sqlite');
    const env = {
      DATABASE_URL: `sqlite:${path}`,
      APP_DATABASE: path,
      AUTH_SECRET: randomBytes(48).toString('hex'),
      APP_GLOBAL_GUARD: '1',
    };
    const run = () => command.run(['migrations', 'run', '--features', 'auth.features.mjs#features'], { env });
    const first = await run();
    expect(first).toMatchObject({ code: 0, stderr: '' });
    expect(first.stdout.trim().split('\n')).toEqual(
      authMigrationSql({ dialect: 'sqlite', features: [serviceIssuer()] }).map(({ name }) => `ran ${name}`),
    );
    expect((await run()).stdout).toBe('nothing to run: every migration has run before\n');
    expect(await command.run(['doctor', 'app.module.cjs', '--strict'], { env })).toMatchObject({ code: 0 });
  });

  const REFUSED: [string[], RegExp][] = [
    [['print'], /say for which database/],
    [['print', '--dialect', 'oracle'], /Allowed choices are postgres, mysql, sqlite/],
    [['print', '--dialect', 'mysql', '--schema', 'auth'], /PostgreSQL alone has schemas/],
    [['print', '--dialect', 'mysql', '--prefix', 'a b'], /"migrations.prefix" must be at most 32 letters/],
    [
      ['print', '--dialect', 'mysql', '--features', 'auth.features.mjs#none'],
      /exports no list of features as none/,
    ],
    [['print', '--dialect', 'mysql', '--features', 'auth.features.ts'], /is TypeScript/],
    [['run'], /say in which database: .* set DATABASE_URL/],
    [['run', '--url', 'postgres://ada:hunter2@127.0.0.1:1/x'], /did not run: .*ECONNREFUSED/],
    [['run', '--url', 'mysql://ada:hunter2@127.0.0.1:1/x'], /did not run: .*ECONNREFUSED/],
    [['run', '--url', 'sqlite:/gone/for/good.sqlite'], /cannot open the database/],
    [['run', '--url', 'ftp://hunter2'], /must begin with postgres:/],
  ];
  const refused = endsOf(() =>
    command.together(REFUSED.map(([args]) => ({ args: ['migrations', ...args] }))),
  );
  it.each(placed(REFUSED))('refuses %j in one line', async (_, why, place) => {
    const end = await refused(place);
    expect(refusedInOneLine(end)).toMatch(why);
    expect(end.stderr).not.toContain('hunter2');
  });
});
