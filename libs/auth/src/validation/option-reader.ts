import { AuthConfigError } from '../errors/auth-config-error.js';
import { type Duration, durationMs } from '../time/duration.js';

const MAX_SHOWN = 60;

/** A value as an error may show it: never a function's text, never more than a line. */
function shown(value: unknown): string {
  if (typeof value === 'function') return 'a function';
  if (typeof value === 'bigint' || typeof value === 'symbol') return String(value);
  let text: string;
  try {
    text = JSON.stringify(value) ?? 'undefined';
  } catch {
    text = 'an object';
  }
  return text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}...` : text;
}

function kindOf(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  return Array.isArray(value) ? 'list' : typeof value;
}

/**
 * Reads one object of options: every read checks and defaults, `done()` refuses what was not read. The message is
 * always `"path" must be <what is allowed> (got <what was given>)`.
 */
export class OptionReader {
  private readonly read = new Set<string>();
  private readonly source: Readonly<Record<string, unknown>>;

  /** @internal */
  constructor(
    value: unknown,
    private readonly path = '',
  ) {
    if (value === undefined) value = {};
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw new AuthConfigError(`"${path || 'options'}" must be an object (got ${kindOf(value)})`);
    }
    this.source = value as Record<string, unknown>;
  }

  /** The options of a room below this one. */
  nested(key: string): OptionReader {
    return new OptionReader(this.take(key), this.pathOf(key));
  }

  duration(key: string, rule: { default: Duration; min: Duration; max: Duration }): number {
    const value = this.taken(key, rule.default);
    const ms = durationMs(value);
    if (ms === undefined || ms < durationMs(rule.min)! || ms > durationMs(rule.max)!) {
      this.refuse(key, `a duration between ${rule.min} and ${rule.max}`, value);
    }
    return ms as number;
  }

  oneOf<const T extends string>(key: string, allowed: readonly T[], fallback: T): T {
    const value = this.taken(key, fallback);
    if (!allowed.includes(value as T)) this.refuse(key, `one of ${allowed.map(shown).join(', ')}`, value);
    return value as T;
  }

  boolean(key: string, fallback: boolean): boolean {
    const value = this.taken(key, fallback);
    if (typeof value !== 'boolean') this.refuse(key, 'true or false', value);
    return value as boolean;
  }

  integer(key: string, rule: { default: number; min: number; max: number }): number {
    const value = this.taken(key, rule.default);
    if (!Number.isInteger(value) || (value as number) < rule.min || (value as number) > rule.max) {
      this.refuse(key, `a whole number between ${rule.min} and ${rule.max}`, value);
    }
    return value as number;
  }

  /** Any value that `accept` accepts; `allowed` describes them for the error. */
  custom<T>(key: string, allowed: string, accept: (value: unknown) => value is T, fallback: T): T;
  custom<T>(key: string, allowed: string, accept: (value: unknown) => value is T): T;
  custom<T>(key: string, allowed: string, accept: (value: unknown) => value is T, fallback?: T): T {
    const value = this.take(key);
    if (value === undefined && arguments.length > 3) return fallback as T;
    if (!accept(value)) this.refuse(key, allowed, value);
    return value as T;
  }

  /** An option that may hold a secret: its value is never shown. */
  secret<T>(key: string, allowed: string, accept: (value: unknown) => value is T): T;
  secret<T>(key: string, allowed: string, accept: (value: unknown) => value is T, fallback: T): T;
  secret<T>(key: string, allowed: string, accept: (value: unknown) => value is T, fallback?: T): T {
    const value = this.take(key);
    if (value === undefined && arguments.length > 3) return fallback as T;
    if (!accept(value)) {
      const hidden = value === undefined ? 'undefined' : `${kindOf(value)}, not shown`;
      throw new AuthConfigError(`"${this.pathOf(key)}" must be ${allowed} (got ${hidden})`);
    }
    return value;
  }

  /** Whether an option is `false`: switched off. */
  isOff(key: string): boolean {
    return this.take(key) === false;
  }

  /** Whether an option was given. */
  has(key: string): boolean {
    return this.take(key) !== undefined;
  }

  /** Stops the boot for an option. */
  refuse(key: string, allowed: string, value: unknown): never {
    throw new AuthConfigError(`"${this.pathOf(key)}" must be ${allowed} (got ${shown(value)})`);
  }

  /** Refuses every key that was not read: a misspelt option must not be taken for a default. */
  done(): void {
    for (const key of Object.keys(this.source)) {
      if (this.read.has(key)) continue;
      const known = [...this.read].sort().join(', ');
      throw new AuthConfigError(
        `"${this.pathOf(key)}" must be left out: there is no such option (known here: ${known})`,
      );
    }
  }

  pathOf(key: string): string {
    return this.path ? `${this.path}.${key}` : key;
  }

  /** Only a missing option has a default: null is a value, and a wrong one. */
  private taken(key: string, fallback: unknown): unknown {
    const value = this.take(key);
    return value === undefined ? fallback : value;
  }

  private take(key: string): unknown {
    this.read.add(key);
    return Object.hasOwn(this.source, key) ? this.source[key] : undefined;
  }
}

export function isFunction(value: unknown): value is (...args: never[]) => unknown {
  return typeof value === 'function';
}
