import { readFileSync } from 'node:fs';
import { Command, CommanderError } from 'commander';
import { AuthConfigError } from '../errors/auth-config-error.js';
import { addApplicationCommands } from './application-commands.js';
import { CannotRun, firstLineOf } from './cannot-run.js';
import { addTokenCommands } from './token-commands.js';
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

function programOf(terminal: Terminal, end: (code: number) => void): Command {
  const program = new Command('nestjs-aerie')
    .description('Looks into tokens, sign-ins and settings of nestjs-aerie, and makes its secrets.')
    .version(version(), '-v, --version', 'print the version')
    .helpOption('-h, --help', 'print the help')
    .helpCommand('help [command]', 'print the help of a command')
    .exitOverride()
    .addHelpText('after', '\nExit codes: 0 done, 1 found something or refused a token, 2 could not run.');
  addTokenCommands(program, terminal, end);
  addApplicationCommands(program, terminal, end);
  return program;
}

function version(): string {
  const manifest = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(manifest) as { version: string }).version;
}
