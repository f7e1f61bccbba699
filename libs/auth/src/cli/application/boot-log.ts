import type { LoggerService } from '@nestjs/common';

/** One line that the application logged while it booted. */
export interface BootLine {
  readonly level: 'error' | 'warn';
  readonly context: string;
  readonly text: string;
}

const MAX_LINES = 200;

/** Keeps what an application logs as warnings and errors while it boots, and shows none of it. */
export class BootLog implements LoggerService {
  readonly lines: BootLine[] = [];
  private readonly listeners: ((line: BootLine) => void)[] = [];

  log(): void {
    // Only what is wrong matters here.
  }

  warn(message: unknown, ...rest: unknown[]): void {
    this.keep('warn', message, rest);
  }

  error(message: unknown, ...rest: unknown[]): void {
    this.keep('error', message, rest);
  }

  fatal(message: unknown, ...rest: unknown[]): void {
    this.keep('error', message, rest);
  }

  onLine(listener: (line: BootLine) => void): void {
    this.listeners.push(listener);
  }

  /** Nest gives a stack before the context. */
  private keep(level: BootLine['level'], message: unknown, rest: readonly unknown[]): void {
    const context = rest.at(-1);
    const text = message instanceof Error ? message.message : String(message);
    const stack = rest.find((one) => typeof one === 'string' && one !== context);
    const because = level === 'error' && typeof stack === 'string' ? stack.split('\n', 1)[0]! : '';
    const line: BootLine = {
      level,
      context: typeof context === 'string' ? context : '',
      text: [text.split('\n', 1)[0]!, because].filter((part) => part !== '').join(' '),
    };
    if (this.lines.length < MAX_LINES) this.lines.push(line);
    for (const listener of this.listeners) listener(line);
  }
}
