import { stdin, stderr, stdout } from 'node:process';
import { emitKeypressEvents } from 'node:readline';
import { styleText } from 'node:util';
import { CannotRun } from './cannot-run.js';

/** More than any token or password has. */
const MAX_INPUT_BYTES = 64 * 1024;

export type Style = 'red' | 'yellow' | 'green' | 'cyan' | 'bold' | 'dim';

/** What a command reads and writes: results go to standard output, all else to standard error. */
export class Terminal {
  private readonly isColoured = isColoured();
  private readonly write = stdout.write.bind(stdout);

  /** One line of the result. */
  print(line = ''): void {
    this.write(`${line}\n`);
  }

  /** From now on, what others print (an application that is looked into) goes to standard error. */
  keepResultsApart(): void {
    stdout.write = stderr.write.bind(stderr);
  }

  /** One line that is not part of the result. */
  say(line: string): void {
    stderr.write(`${line}\n`);
  }

  /** In colour on a terminal alone, and not where NO_COLOR is set. */
  styled(style: Style, text: string): string {
    return this.isColoured ? styleText(style, text) : text;
  }

  /** Whether somebody types what is read. */
  get isInteractive(): boolean {
    return stdin.isTTY === true;
  }

  /** All of standard input, without the line break at its end. Throws CannotRun for more than 64 KiB. */
  async readAll(): Promise<string> {
    const parts: Buffer[] = [];
    let size = 0;
    for await (const part of stdin as AsyncIterable<Buffer>) {
      size += part.length;
      if (size > MAX_INPUT_BYTES)
        throw new CannotRun(`standard input is longer than ${MAX_INPUT_BYTES} bytes`);
      parts.push(part);
    }
    return Buffer.concat(parts)
      .toString('utf8')
      .replace(/\r?\n$/, '');
  }

  /** A line that is typed and not shown. Throws CannotRun when it is given up with Ctrl-C or Ctrl-D. */
  async readHidden(question: string): Promise<string> {
    emitKeypressEvents(stdin);
    // Before the question: what is typed at once is not shown either.
    stdin.setRawMode(true);
    stderr.write(question);
    stdin.resume();
    let typed: string[] = [];
    try {
      return await new Promise<string>((resolve, reject) => {
        stdin.on('keypress', (text: string | undefined, key: { name?: string; ctrl?: boolean }) => {
          if (key.ctrl && (key.name === 'c' || key.name === 'd')) reject(new CannotRun('given up'));
          else if (key.name === 'return' || key.name === 'enter') resolve(typed.join(''));
          else if (key.name === 'backspace') typed.pop();
          else if (key.ctrl && key.name === 'u') typed = [];
          else if (text !== undefined && typed.length < MAX_INPUT_BYTES) typed.push(text);
        });
      });
    } finally {
      stdin.removeAllListeners('keypress');
      stdin.setRawMode(false);
      stdin.pause();
      stderr.write('\n');
    }
  }
}

function isColoured(): boolean {
  const { NO_COLOR, TERM } = process.env;
  return stdout.isTTY === true && (NO_COLOR === undefined || NO_COLOR === '') && TERM !== 'dumb';
}
