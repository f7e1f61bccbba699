import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { authMigrationSql } from 'nestjs-aerie/sql';
import { type EmptyDatabase, emptyDatabase } from '../support/empty-database.js';
import { writeApplications } from './applications.js';
import { buildCommand, type CommandUnderTest } from './commands.js';

const PROGRAM = `
import { NestFactory } from '@nestjs/core';
import { AuthenticationService } from 'nestjs-aerie';
import { AppModule } from './app.module.mjs';

const app = await NestFactory.createApplicationContext(AppModule, { logger: false });
const auth = app.get(AuthenticationService);
const { principal } = await auth.signIn('ada', { mode: 'tokens' });
await auth.endAllSignIns('ada', 'moderation');
await app.close();
console.log(principal.signInId);
process.exit();
`;

describe.each(['postgres', 'mariadb'] as const)('nestjs-aerie on %s', (server) => {
  let command: CommandUnderTest;
  let database: EmptyDatabase;
  let env: Record<string, string>;
  beforeAll(async () => {
    command = await buildCommand();
    await writeApplications(command);
    database = await emptyDatabase(server, '');
    const { url } = database.connection as { url: string };
    env = {
      AUTH_DATABASE_URL: url,
      APP_DATABASE: url,
      APP_GLOBAL_GUARD: '1',
      AUTH_SECRET: randomBytes(48).toString('base64url'),
    };
  });
  afterAll(() => database.drop());

  const run = (...args: string[]) => command.run(args, { env });

  it('names the tables that are missing, makes them once, and finds none missing then', async () => {
    const before = await run('doctor', 'app.module.mjs');
    expect(before).toMatchObject({ code: 1, stdout: expect.stringContaining('missing-table') });
    const both = await Promise.all(
      [1, 2].map(() => run('migrations', 'run', '--url-env', 'AUTH_DATABASE_URL', '--json')),
    );
    const ran = both.map(({ stdout }) => (JSON.parse(stdout) as { ran: string[] }).ran);
    expect(ran.toSorted((one, other) => one.length - other.length)).toEqual([
      [],
      authMigrationSql({ dialect: server === 'postgres' ? 'postgres' : 'mysql' }).map(({ name }) => name),
    ]);
    expect(await run('doctor', 'app.module.mjs', '--strict')).toMatchObject({ code: 0 });
  }, 120_000);

  it('tells why a sign-in has ended, from the tables and from the stores of an application', async () => {
    const id = (await command.node(PROGRAM, env)).trim().split('\n').at(-1)!;
    for (const from of [
      ['--url-env', 'AUTH_DATABASE_URL'],
      ['--app', 'app.module.mjs'],
    ]) {
      const { code, stdout } = await run('family', id, '--json', ...from);
      expect({ code, story: JSON.parse(stdout) as unknown }).toMatchObject({
        code: 0,
        story: {
          kind: 'refresh-token family',
          live: false,
          state: 'the application said: moderation',
          chapters: [
            { what: 'signed in (mode tokens)' },
            { what: 'sign-ins of the user were ended (1): the application said: moderation' },
          ],
        },
      });
    }
  }, 120_000);
});
