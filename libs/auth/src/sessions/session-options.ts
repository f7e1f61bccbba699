import type { Duration } from '../time/duration.js';
import type { OptionReader } from '../validation/option-reader.js';

export interface SessionOptions {
  /** A session ends after this long without a request; 1m to 90d. Default `30m` (OWASP ASVS 5.0, 7.3.1). */
  readonly idle?: Duration;
  /** A session ends this long after sign-in, whatever happens; 1m to 365d. Default `12h` (stricter than the 24h of AAL2 in NIST SP 800-63B-4). */
  readonly absolute?: Duration;
  /** Activity is written at most once in this time; the idle limit bites between `idle` and `idle + touchInterval`. 0s to 10m. Default `60s`. */
  readonly touchInterval?: Duration;
  /** How many sessions a process remembers, while `revocation.mode` is `feed`; 0 to 1,000,000. Default 10,000. */
  readonly cacheSize?: number;
}

export interface ResolvedSessionOptions {
  readonly idleMs: number;
  readonly absoluteMs: number;
  readonly touchIntervalMs: number;
  readonly cacheSize: number;
}

export function resolveSessionOptions(reader: OptionReader): ResolvedSessionOptions {
  const resolved: ResolvedSessionOptions = {
    idleMs: reader.duration('idle', { default: '30m', min: '1m', max: '90d' }),
    absoluteMs: reader.duration('absolute', { default: '12h', min: '1m', max: '365d' }),
    touchIntervalMs: reader.duration('touchInterval', { default: '60s', min: '0s', max: '10m' }),
    cacheSize: reader.integer('cacheSize', { default: 10_000, min: 0, max: 1_000_000 }),
  };
  reader.done();
  if (resolved.idleMs > resolved.absoluteMs) {
    reader.refuse('idle', 'no longer than "sessions.absolute"', `${resolved.idleMs}ms`);
  }
  return resolved;
}
