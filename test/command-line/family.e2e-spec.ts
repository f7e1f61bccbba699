import { beforeAll, describe, expect, it } from '@jest/globals';
import { randomBytes, randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { writeApplications } from './applications.js';
import { buildCommand, type CommandUnderTest, endsOf, placed, refusedInOneLine } from './commands.js';

/** Signs in in several ways, and prints the ids. */
const PROGRAM = `
import { NestFactory } from '@nestjs/core';
import { AuthenticationService } from 'nestjs-aerie';
import { AppModule } from './app.module.mjs';

const app = await NestFactory.createApplicationContext(AppModule, { logger: false });
const auth = app.get(AuthenticationService);
const phone = { requester: { ip: '192.0.2.7', userAgent: 'Phone/1\\u001b[2J' } };
const thief = { requester: { ip: '198.51.100.9', userAgent: 'curl/8' } };
const tokens = () => auth.signIn('ada', { mode: 'tokens', ...phone });

const stolen = await tokens();
const next = await auth.refresh(stolen.refreshToken, phone);
await new Promise((done) => setTimeout(done, 5));
await auth.refresh(stolen.refreshToken, thief).catch(() => {});
await auth.refresh(next.refreshToken, phone).catch(() => {});
const session = await auth.signIn('ada', { mode: 'session', ...phone });
await auth.endSignIn('ada', session.principal.signInId);
const changed = await tokens();
await auth.credentialsChanged('ada');
const ownReason = await tokens();
await auth.endAllSignIns('ada', 'moderation');
const live = await tokens();
await app.close();
console.log(JSON.stringify([stolen, session, changed, ownReason, live].map(({ principal }) => principal.signInId)));
process.exit();
`;

describe('nestjs-aerie family', () => {
  let command: CommandUnderTest;
  let env: Record<string, string>;
  let ids: Record<'stolen' | 'session' | 'changed' | 'ownReason' | 'live', string>;
  beforeAll(async () => {
    command = await buildCommand();
    await writeApplications(command);
    const path = join(command.folder, 'app.sqlite');
    env = {
      AUTH_SECRET: randomBytes(48).toString('base64url'),
      APP_DATABASE: path,
      APP_MIGRATES: '1',
      APP_REPLAY_WINDOW: '0s',
      DATABASE_URL: `sqlite:${path}`,
    };
    const printed = await command.node(PROGRAM, env);
    const [stolen, session, changed, ownReason, live] = JSON.parse(
      printed.trim().split('\n').at(-1)!,
    ) as string[];
    ids = { stolen, session, changed, ownReason, live } as typeof ids;
  });

  const APP = ['--app', 'app.module.mjs#AppModule'];
  const DATABASE = ['--url-env', 'DATABASE_URL'];
  const story = async (id: string, from: string[]) => {
    const { code, stdout, stderr } = await command.run(['family', id, '--json', ...from], { env });
    if (code !== 0) throw new Error(`${code}\n${stdout}\n${stderr}`);
    return JSON.parse(stdout) as {
      kind: string;
      live: boolean;
      state: string;
      chapters: { at: string; what: string; ip: string | null; userAgent: string | null }[];
    };
  };

  it.each([
    ['the stores of the application', APP],
    ['the database', DATABASE],
  ])('tells how a family was stolen, from %s', async (_, from) => {
    const { kind, live, state, chapters } = await story(ids.stolen, from);
    expect({ kind, live }).toEqual({ kind: 'refresh-token family', live: false });
    expect(state).toMatch(/^reuse was detected: the token before the current one was used again/);
    expect(chapters.map(({ what }) => what)).toEqual([
      'signed in (mode tokens)',
      'refreshed, the last of 1 time',
      expect.stringMatching(/^reuse detected: .*; the last refresh had come from 192\.0\.2\.7, Phone/),
      'a refresh was refused (revoked)',
      // What came later, and says nothing new of this one, is left out.
    ]);
    expect(chapters[2]).toMatchObject({ ip: '198.51.100.9', userAgent: 'curl/8' });
  });

  it.each([
    ['session', 'session', /^its user ended it from a list/],
    ['changed', 'refresh-token family', /^the password or another credential was changed/],
    ['ownReason', 'refresh-token family', /^the application said: moderation/],
  ] as const)('tells why it has ended: %s', async (name, kind, why) => {
    const found = await story(ids[name], DATABASE);
    expect(found).toMatchObject({ kind, live: false, state: expect.stringMatching(why) });
  });

  it('tells how long a live one is good, for people', async () => {
    const { code, stdout } = await command.run(['family', ids.live.toUpperCase(), ...APP], { env });
    expect(code).toBe(0);
    expect(stdout).toContain(`refresh-token family ${ids.live}\nof the user ada\n`);
    expect(stdout).toMatch(/signed in \(mode tokens\)\n {2}from 192\.0\.2\.7, Phone\/1\?\[2J\n/);
    expect(stdout).toMatch(
      /It lives: it is good for 1[34] days .* more without a use, and for .* at most\.\n$/,
    );
  });

  it('reads the database of DATABASE_URL unless another place is given, and says so where there is none', async () => {
    const named = ['family', ids.live];
    expect((await command.run(named, { env })).stdout).toContain(`refresh-token family ${ids.live}\n`);
    const nowhere = await command.run(named, { env: { ...env, DATABASE_URL: '' } });
    expect(refusedInOneLine(nowhere)).toMatch(/say where the sign-ins are/);
  });

  it('says when there is none', async () => {
    const id = randomUUID();
    const { code, stdout } = await command.run(['family', id, ...DATABASE], { env });
    expect(code).toBe(1);
    expect(stdout).toMatch(new RegExp(`^no sign-in has the id ${id}: `));
  });

  const REFUSED: [string[], RegExp][] = [
    [['rt1_abc', '--url', 'sqlite:x'], /the id of a sign-in is a UUID/],
    [['ID', ...DATABASE, ...APP], /give --app, or the address of the database, not both/],
    [['ID', '--url-env', 'NOT_SET'], /no variable NOT_SET/],
    [['ID', '--url', 'oracle://hunter2@x'], /must begin with postgres:/],
    [['ID', '--url', 'sqlite:gone.sqlite'], /cannot open the database gone\.sqlite/],
    [['ID', '--url', 'postgres://ada:hunter2@127.0.0.1:1/x'], /the stores cannot be read: .*ECONNREFUSED/],
    [['ID', '--url', 'mysql://ada:hunter2@127.0.0.1:1/x'], /the stores cannot be read: .*ECONNREFUSED/],
    [['ID', ...DATABASE, '--prefix', 'app_'], /the stores cannot be read: .*app_auth_refresh_token_family/],
    [['ID', '--app', 'gone.js'], /there is no file gone\.js/],
  ];
  const refused = endsOf(() =>
    command.together(
      REFUSED.map(([args]) => ({
        args: ['family', ...args.map((one) => (one === 'ID' ? randomUUID() : one))],
        env,
      })),
    ),
  );
  it.each(placed(REFUSED))('refuses %j in one line', async (_, why, place) => {
    const end = await refused(place);
    expect(refusedInOneLine(end)).toMatch(why);
    expect(end.stderr).not.toContain('hunter2');
  });
});
