import { InvalidArgumentError } from 'commander';
import { CannotRun, firstLineOf } from './cannot-run.js';

/** What stands below the help of a command. */
export function examples(...lines: readonly string[]): string {
  return `\nExamples:\n${lines.map((line) => `  $ ${line}`).join('\n')}`;
}

export function wholeNumber(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('It must be a whole number.');
  return Number(text);
}

/** Variables that are set already stay as they are. Throws CannotRun. */
export function loadEnvironment(path: string | undefined): void {
  if (path === undefined) return;
  try {
    process.loadEnvFile(path);
  } catch (error) {
    throw new CannotRun(`cannot read the environment: ${firstLineOf(error)}`);
  }
}
