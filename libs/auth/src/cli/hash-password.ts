import { resolveCredentialOptions } from '../users/credential-options.js';
import { PasswordHasher } from '../users/password-hasher.js';
import { OptionReader } from '../validation/option-reader.js';
import { CannotRun } from './cannot-run.js';
import type { Terminal } from './terminal.js';

export interface HashOptions {
  readonly memoryKib?: number;
  readonly passes?: number;
  readonly lanes?: number;
}

/** Prints the hash that `PasswordHasher` makes of a password which is typed unseen, or comes on standard input. */
export async function hashPassword(
  { memoryKib, passes, lanes }: HashOptions,
  terminal: Terminal,
): Promise<void> {
  const parameters = resolveCredentialOptions(new OptionReader({ memoryKiB: memoryKib, passes, lanes }));
  const password = terminal.isInteractive ? await typedTwice(terminal) : await terminal.readAll();
  if (password === '') throw new CannotRun('the password is empty: type it, or give it on standard input');
  terminal.print(await new PasswordHasher(parameters).hash(password));
}

async function typedTwice(terminal: Terminal): Promise<string> {
  const password = await terminal.readHidden('password: ');
  if ((await terminal.readHidden('once more: ')) !== password)
    throw new CannotRun('the two passwords are not the same');
  return password;
}
