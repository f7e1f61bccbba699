import type { OptionReader } from '../validation/option-reader.js';

/**
 * The application's cache, as much of it as is used: an instance of cache-manager's `Cache` is one. It may lose, refuse,
 * delay or repeat whatever it likes.
 */
export abstract class ApplicationCache {
  abstract get(key: string): Promise<unknown>;
  /** `ttlMs`: milliseconds. */
  abstract set(key: string, value: unknown, ttlMs: number): Promise<unknown>;
  abstract del(key: string): Promise<unknown>;
}

const METHODS = ['get', 'set', 'del'] as const;

function isCache(value: unknown): value is ApplicationCache {
  if (typeof value !== 'object' || value === null) return false;
  return METHODS.every((name) => typeof (value as Record<string, unknown>)[name] === 'function');
}

/** Null: there is none. The error does not show a wrong value: it may hold the address of a server. */
export function resolveCache(reader: OptionReader): ApplicationCache | null {
  return reader.secret<ApplicationCache | null>(
    'cache',
    'a cache of cache-manager, with the methods get, set and del',
    isCache,
    null,
  );
}
