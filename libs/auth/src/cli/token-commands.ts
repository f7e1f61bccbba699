import { randomBytes } from 'node:crypto';
import { type Command, Option } from 'commander';
import { CannotRun } from './cannot-run.js';
import { examples, wholeNumber } from './option-values.js';
import type { GenerateKeyOptions } from './generate-key.js';
import type { HashOptions } from './hash-password.js';
import type { InspectOptions } from './inspect/inspect.js';
import type { Terminal } from './terminal.js';

/** Commands that need no application. Each loads its own files when it runs. */
export function addTokenCommands(program: Command, terminal: Terminal, end: (code: number) => void): void {
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
    .summary('make signing keys for the option "keys"')
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
}
