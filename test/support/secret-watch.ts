import { inspect } from 'node:util';
import { Logger } from '@nestjs/common';
import { SecurityEventBus } from '../../libs/auth/src/audit/security-event-bus.js';
import { AuthError } from '../../libs/auth/src/errors/auth-error.js';
import { secretsIn, withoutSecrets } from './secret-shapes.js';

const LEVELS = ['log', 'error', 'warn', 'debug', 'verbose', 'fatal'];
const CONSOLE = ['log', 'error', 'warn', 'debug', 'info', 'trace', 'dir', 'table', 'assert'];
const LONGEST_REPORT = 400;

type Methods = Record<string, (...args: unknown[]) => unknown>;

/**
 * Looks for secrets in everything that this process says while tests run: Nest's logger (whatever a test has put in its
 * place, and below the level that is shown), the console and the standard streams, every security event, and the public
 * message of every AuthError. Each finding fails the test that it was made in.
 */
export class SecretWatch {
  private readonly undo: (() => void)[] = [];
  private found: string[] = [];

  install(): void {
    for (const logger of [Logger, Logger.prototype]) this.hear(logger, LEVELS, 'the log');
    this.hear(console, CONSOLE, 'the console');
    for (const stream of [process.stdout, process.stderr]) this.hear(stream, ['write'], 'a stream');
    this.hear(SecurityEventBus.prototype, ['record'], 'a security event');
    this.hearErrors();
  }

  uninstall(): void {
    for (const undo of this.undo.splice(0).reverse()) undo();
  }

  /** What was found since the last call: the secret's name, where it was, and the text without it. */
  take(): readonly string[] {
    return this.found.splice(0);
  }

  /** Throws when there is something to take. */
  expectNone(): void {
    const found = this.take();
    if (found.length > 0) throw new Error(`secrets were seen:\n${found.join('\n')}`);
  }

  private look(place: string, values: readonly unknown[]): void {
    const text = values
      .map((value) => (typeof value === 'string' ? value : inspect(value, { depth: 8 })))
      .join(' ');
    const names = secretsIn(text);
    if (names.length === 0) return;
    const shown = withoutSecrets(text).slice(0, LONGEST_REPORT);
    this.found.push(`${names.join(' and ')} in ${place}: ${shown}`);
  }

  private hear(target: object, methods: readonly string[], place: string): void {
    const heard = target as Methods;
    for (const method of methods) {
      const descriptor = Object.getOwnPropertyDescriptor(heard, method);
      const original = heard[method]!;
      const look = (values: unknown[]): void => this.look(place, values);
      heard[method] = function (this: unknown, ...args: unknown[]) {
        look(args);
        return original.apply(this, args);
      };
      this.undo.push(() => {
        if (descriptor) Object.defineProperty(heard, method, descriptor);
        else delete heard[method];
      });
    }
  }

  /** Its constructor sets `name` when `message` is there: a setter on the prototype hears of every one. */
  private hearErrors(): void {
    const look = (message: string): void => this.look('the message of an AuthError', [message]);
    Object.defineProperty(AuthError.prototype, 'name', {
      configurable: true,
      set(this: AuthError, value: string) {
        look(this.message);
        Object.defineProperty(this, 'name', { value, writable: true, enumerable: true, configurable: true });
      },
    });
    this.undo.push(() => Reflect.deleteProperty(AuthError.prototype, 'name'));
  }
}

/** The one that watches this file of tests. */
export const secretWatch = new SecretWatch();
