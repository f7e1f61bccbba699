import { beforeAll, describe, expect, it } from '@jest/globals';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { PasswordHasher } from 'nestjs-aerie';
import { readSigningKey } from '../../libs/auth/src/keys/signing-key.js';
import { resolveAuthOptions } from '../../libs/auth/src/options/resolve-auth-options.js';
import { buildCommand, type CommandUnderTest, endsOf, placed, refusedInOneLine } from './commands.js';

describe('nestjs-aerie', () => {
  let command: CommandUnderTest;
  beforeAll(async () => {
    command = await buildCommand();
  });

  it('says what it can do, and which version it is', async () => {
    const help = await command.run(['--help']);
    expect(help.code).toBe(0);
    for (const name of ['inspect', 'hash', 'secret', 'keys']) expect(help.stdout).toContain(`\n  ${name}`);
    const manifest = JSON.parse(
      await readFile(join(import.meta.dirname, '../../libs/auth/package.json'), 'utf8'),
    ) as { version: string };
    expect(await command.run(['--version'])).toEqual({
      code: 0,
      stdout: `${manifest.version}\n`,
      stderr: '',
    });
  });

  const HELPED = ['inspect', 'hash', 'secret', 'keys generate', 'doctor', 'family', 'migrations print'];
  const helped = endsOf(() =>
    command.together(HELPED.map((name) => ({ args: [...name.split(' '), '--help'] }))),
  );
  it.each(placed(HELPED.map((name): [string] => [name])))(
    'has help with examples: %s',
    async (name, place) => {
      const { code, stdout } = await helped(place);
      expect(code).toBe(0);
      expect(stdout).toMatch(new RegExp(`Examples:\\n  \\$ .*nestjs-aerie ${name}`));
    },
  );

  const REFUSED: [string[], RegExp][] = [
    [['bogus'], /unknown command 'bogus'/],
    [['secret', '--bogus'], /unknown option '--bogus'/],
    [['secret', '--bytes', '31'], /between 32 and 1024/],
    [['secret', '--bytes', '1e3'], /whole number/],
    [['keys', 'generate', '--alg', 'none'], /Allowed choices are ES256/],
    [['hash', '--passes', '0'], /"passes" must be a whole number between 1 and 20/],
  ];
  const refused = endsOf(() =>
    command.together(REFUSED.map(([args]) => ({ args, input: 'correct horse battery' }))),
  );
  it.each(placed(REFUSED))('refuses %j in one line', async (_, why, place) => {
    expect(refusedInOneLine(await refused(place))).toMatch(why);
  });

  it('makes secrets that the module takes, each another one', async () => {
    const made = await Promise.all([command.run(['secret']), command.run(['secret'])]);
    const [one, other] = made.map(({ stdout }) => stdout.trim());
    expect(Buffer.from(one!, 'base64url')).toHaveLength(48);
    expect(one).not.toBe(other);
    const options = { secret: one, issuer: 'https://api.example.com' };
    expect(resolveAuthOptions(options, 0).secrets).toEqual([one]);
  });

  it('hashes a password from standard input as PasswordHasher does, and never one that is an argument', async () => {
    const { stdout, code } = await command.run(['hash', '--memory-kib', '8192'], { input: 'pässword\n' });
    expect(code).toBe(0);
    expect(stdout).toMatch(/^\$argon2id\$v=19\$m=8192,t=2,p=1\$\S+\n$/);
    expect(await new PasswordHasher().verify(stdout.trim(), 'pässword')).toBe(true);
    const refused = await command.run(['hash', 'hunter2hunter2']);
    expect(refusedInOneLine(refused)).toContain('too many arguments');
    expect(refused.stderr).not.toContain('hunter2');
    expect(refusedInOneLine(await command.run(['hash'], { input: '\n' }))).toContain('the password is empty');
  });

  it.each(['ES256', 'EdDSA', 'RS256', 'PS256'])('makes a pair for %s that "keys" takes', async (alg) => {
    const { stdout } = await command.run(['keys', 'generate', '--alg', alg, '--state', 'next']);
    const option = JSON.parse(stdout) as Record<string, unknown>;
    expect(readSigningKey(option as never, 0)).toMatchObject({ kid: option['kid'], alg, state: 'next' });
  });

  it('writes a key to a new file that its owner alone reads', async () => {
    const path = join(command.folder, 'key.json');
    const args = ['keys', 'generate', '--out', path];
    expect(await command.run(args)).toMatchObject({ code: 0, stdout: '' });
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    const before = await readFile(path, 'utf8');
    expect(refusedInOneLine(await command.run(args))).toContain('cannot write the key');
    expect(await readFile(path, 'utf8')).toBe(before);
  });
});
