import type { LoggerService } from '@nestjs/common';
import type { TestingModuleBuilder } from '@nestjs/testing';

/** Keeps every line that is written to Nest's logger, of every level, and prints none. */
export class LogTrap implements LoggerService {
  readonly lines: string[] = [];

  log = (...parts: unknown[]) => this.keep(parts);
  error = (...parts: unknown[]) => this.keep(parts);
  warn = (...parts: unknown[]) => this.keep(parts);
  debug = (...parts: unknown[]) => this.keep(parts);
  verbose = (...parts: unknown[]) => this.keep(parts);
  fatal = (...parts: unknown[]) => this.keep(parts);

  /** For `TestAppInput.override`. */
  readonly override = (builder: TestingModuleBuilder): TestingModuleBuilder => builder.setLogger(this);

  private keep(parts: unknown[]): void {
    const texts = parts.map((part) =>
      part instanceof Error
        ? `${part.message} ${part.stack ?? ''}`
        : typeof part === 'string'
          ? part
          : JSON.stringify(part),
    );
    this.lines.push(texts.join(' '));
  }
}
