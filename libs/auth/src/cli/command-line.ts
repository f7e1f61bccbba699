import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { AuthConfigError } from '../errors/auth-config-error.js';
import { CannotRun, firstLineOf } from './cannot-run.js';
import type { DoctorOptions } from './doctor/doctor.js';
import type { FamilyOptions } from './family/family.js';
import type { GenerateKeyOptions } from './generate-key.js';
import type { HashOptions } from './hash-password.js';
import type { InspectOptions } from './inspect/inspect.js';
import type { Terminal } from './terminal.js';

/** It did what it was asked; it found something, or refused a token; it could not run. */
const EXIT = { done: 0, found: 1, cannotRun: 2 } as const;

/** Runs the command that the arguments name, and gives the exit code. Never throws. */
export async function commandLine(args: readonly string[], terminal: Terminal): Promise<number> {
  let code: number = EXIT.done;
  const program = programOf(terminal, (found) => (code = found));
  try {
    await program.parseAsync([...args], { from: 'user' });
    return code;
  } catch (error) {
    // Help and the version end this way too; what else commander refuses it has said by then.
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.cannotRun;
    terminal.say(`${terminal.styled('red', 'error')}: ${sayable(error)}`);
    return EXIT.cannotRun;
  }
}

function sayable(error: unknown): string {
  if (error instanceof CannotRun || error instanceof AuthConfigError || error instanceof RangeError)
    return firstLineOf(error);
  return `${error instanceof Error ? error.name : 'unknown'}: ${firstLineOf(error)}`;
}

/** Each command loads its own files when it runs. */
function programOf(terminal: Terminal, end: (code: number) => void): Command {
  const program = new Command('nestjs-aerie')
    .description('Looks into tokens, sign-ins and settings of nestjs-aerie, and makes its secrets.')
    .version(version(), '-v, --version', 'print the version')
    .helpOption('-h, --help', 'print the help')
    .helpCommand('help [command]', 'print the help of a command')
    .exitOverride()
    .addHelpText('after', '\nExit codes: 0 done, 1 found something or refused a token, 2 could not run.');

  program
    .command('inspect')
    .summary('tell what a token says, and whether it is good')
    .description(
      'Tells what a token says: header, claims and times of a JWT, the sign-in of a refresh or session token. With keys it gives the verdict of the strict verifier, and why. The token is never sent anywhere.',
    )
    .argument('[token]', 'the token; left out, it is read from standard input')
    .option('--jwks <file|url>', 'public keys to judge it with')
    .option('--secret-env <name>', 'the environment variable that holds the secret of the application')
    .option('--secret-file <path>', 'the file that holds it')
    .option('--secret <text>', 'the secret itself, which others can see in the list of processes')
    .option('--issuer <url>', 'the issuer that it must be of')
    .option('--audience <text>', 'the audience that it must be for')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      examples(
        'pbpaste | npx nestjs-aerie inspect',
        'npx nestjs-aerie inspect --jwks https://api.example.com/.well-known/jwks.json < token.txt',
        'npx nestjs-aerie inspect --secret-env AUTH_SECRET --issuer https://api.example.com < token.txt',
      ),
    )
    .action(async (token: string | undefined, options: InspectOptions) => {
      const { inspect } = await import('./inspect/inspect.js');
      end(await inspect(token, options, terminal));
    });

  program
    .command('hash')
    .summary('hash a password')
    .description(
      'Prints the argon2id hash of a password, as PasswordHasher makes it. The password is typed unseen, or comes on standard input: an argument would stay in the history of the shell.',
    )
    .option('--memory-kib <number>', 'memory in KiB (credentials.memoryKiB, default 19456)', wholeNumber)
    .option('--passes <number>', 'passes (credentials.passes, default 2)', wholeNumber)
    .option('--lanes <number>', 'lanes (credentials.lanes, default 1)', wholeNumber)
    .addHelpText('after', examples('npx nestjs-aerie hash', 'npx nestjs-aerie hash < password.txt'))
    .action(async (options: HashOptions) => {
      const { hashPassword } = await import('./hash-password.js');
      await hashPassword(options, terminal);
    });

  program
    .command('secret')
    .summary('make a secret for AUTH_SECRET')
    .description('Prints random bytes in base64url, for the option "secret".')
    .option('--bytes <number>', 'how many bytes, 32 to 1024', wholeNumber, 48)
    .addHelpText('after', examples('echo "AUTH_SECRET=$(npx nestjs-aerie secret)" >> .env'))
    .action(({ bytes }: { bytes: number }) => {
      if (bytes < 32 || bytes > 1_024) throw new CannotRun('--bytes must be between 32 and 1024');
      terminal.print(randomBytes(bytes).toString('base64url'));
    });

  program
    .command('keys')
    .description(
      'Makes signing keys for the option "keys". Applications need none by default: they make and rotate their own.',
    )
    .command('generate')
    .summary('make a signing key')
    .description('Prints a new pair of keys (JWK) as one entry of the option "keys".')
    .addOption(
      new Option('--alg <name>', 'the algorithm')
        .choices(['ES256', 'EdDSA', 'RS256', 'PS256'])
        .default('ES256'),
    )
    .addOption(new Option('--state <name>', 'its state').choices(['active', 'next']).default('active'))
    .option('--out <path>', 'write it to a new file that you alone can read')
    .addHelpText(
      'after',
      examples(
        'npx nestjs-aerie keys generate --out signing-key.json',
        'npx nestjs-aerie keys generate --alg EdDSA --state next',
      ),
    )
    .action(async (options: GenerateKeyOptions) => {
      const { generateKey } = await import('./generate-key.js');
      await generateKey(options, terminal);
    });

  program
    .command('doctor')
    .summary('examine an application')
    .description(
      'Examines an application without starting it: weak settings, missing tables, stores that cannot be reached, keys that cannot be decrypted, handlers without a guard. Providers are made, so the database is connected; hooks such as onModuleInit do not run, and nothing listens.',
    )
    .argument(
      '<module>',
      'the built file of the root module and its name, such as dist/app.module.js#AppModule',
    )
    .option('--env <path>', 'a file of environment variables, for those that are not set')
    .option('--production', 'judge as in production (the default where NODE_ENV is production)')
    .option('--strict', 'exit with 1 for warnings too')
    .option('--timeout <seconds>', 'how long the application may take to be put together', wholeNumber, 20)
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      examples(
        'npx nestjs-aerie doctor dist/app.module.js#AppModule',
        'npx nestjs-aerie doctor dist/app.module.js --env .env --production --strict --json',
      ),
    )
    .action(async (module: string, options: DoctorOptions & { env?: string }) => {
      loadEnvironment(options.env);
      const { doctor } = await import('./doctor/doctor.js');
      end(await doctor(module, options, terminal));
    });

  program
    .command('family')
    .summary('tell the story of a sign-in: why was I signed out?')
    .description(
      'Tells what the row and the kept security events say of a sign-in, a family of refresh tokens or a session: opened, refreshed, replayed, reused, ended, and why. Nothing is changed.',
    )
    .argument(
      '<id>',
      'its id: the sid of an access token, or what inspect tells of a refresh or session token',
    )
    .option('--app <module>', 'the application whose stores have it, such as dist/app.module.js#AppModule')
    .option('--url-env <name>', 'or the environment variable with the address of the database')
    .option('--url <url>', 'or the address itself (postgres:, mysql:, mariadb:, sqlite:)')
    .option('--prefix <text>', 'with an address: the prefix of the tables')
    .option('--schema <name>', 'with an address: the schema of the tables (PostgreSQL)')
    .option('--env <path>', 'a file of environment variables, for those that are not set')
    .option('--timeout <seconds>', 'how long the application may take to be put together', wholeNumber, 20)
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      examples(
        'npx nestjs-aerie family 0b54f5b8-0d1c-4a39-9c0b-3f1c9a1d2e3f --app dist/app.module.js#AppModule',
        'npx nestjs-aerie family 0b54f5b8-0d1c-4a39-9c0b-3f1c9a1d2e3f --url-env DATABASE_URL',
      ),
    )
    .action(async (id: string, options: FamilyOptions & { env?: string }) => {
      loadEnvironment(options.env);
      const { family } = await import('./family/family.js');
      end(await family(id, options, terminal));
    });

  return program;
}

/** Variables that are set already stay as they are. */
function loadEnvironment(path: string | undefined): void {
  if (path === undefined) return;
  try {
    process.loadEnvFile(path);
  } catch (error) {
    throw new CannotRun(`cannot read the environment: ${firstLineOf(error)}`);
  }
}

function examples(...lines: readonly string[]): string {
  return `\nExamples:\n${lines.map((line) => `  $ ${line}`).join('\n')}`;
}

function wholeNumber(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('It must be a whole number.');
  return Number(text);
}

function version(): string {
  const manifest = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(manifest) as { version: string }).version;
}
