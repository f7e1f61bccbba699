#!/usr/bin/env node
import { firstLineOf } from './cannot-run.js';
import { commandLine } from './command-line.js';
import { Terminal } from './terminal.js';

const CANNOT_RUN = 2;
const terminal = new Terminal();
let isDone = false;

// An application that a command looks into may end the process, or fail where no caller waits for it.
process.on('exit', () => {
  if (isDone) return;
  terminal.say('error: the application ended the process while the command looked into it');
  process.exitCode = CANNOT_RUN;
});
process.on('uncaughtException', (error) => {
  terminal.say(`error: ${firstLineOf(error)}`);
  end(CANNOT_RUN);
});
// The reader of the output may stop early, as `head` does.
process.stdout.on('error', () => end(process.exitCode));

end(await commandLine(process.argv.slice(2), terminal));

/** What an application left open must not keep a command alive. */
function end(code: typeof process.exitCode): void {
  isDone = true;
  process.stdout.write('', () => process.stderr.write('', () => process.exit(code)));
}
