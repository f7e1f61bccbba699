import { type Duration, durationMs } from '../time/duration.js';
import type { OptionReader } from '../validation/option-reader.js';

/**
 * Options under `sessions`.
 */
export interface SessionOptions {
  /**
   * The limits of an assurance level of NIST SP 800-63B-4: `aal1` (section 2.1.3) 30d, with no idle limit of its own;
   * `aal2` (2.2.3) 24h, and 1h idle; `aal3` (2.3.3) 12h, and 15m idle. Limits beside it may only be
   * stricter. It sets limits of time only: the application provides the authenticators of a level. Default: none.
   */
  readonly preset?: 'aal1' | 'aal2' | 'aal3';
  /** A session ends after this long without a request; 1m to 90d. Default `30m` (OWASP ASVS 5.0, 7.3.1), or as `preset` has it. */
  readonly idle?: Duration;
  /** A session ends this long after sign-in, whatever happens; 1m to 365d. Default `12h` (stricter than the 24h of AAL2 in NIST SP 800-63B-4), or as `preset` has it. */
  readonly absolute?: Duration;
  /** Activity is written at most once in this time; the idle limit takes effect between `idle` and `idle + touchInterval`. 0s to 10m. Default `60s`. */
  readonly touchInterval?: Duration;
  /** How many sessions a process caches, while `revocation.mode` is `feed`; 0 to 1,000,000. Default 10,000. */
  readonly cacheSize?: number;
}

export interface ResolvedSessionOptions {
  readonly idleMs: number;
  readonly absoluteMs: number;
  readonly touchIntervalMs: number;
  readonly cacheSize: number;
}

interface Limits {
  readonly idle: Duration;
  readonly absolute: Duration;
}

const DEFAULTS: Limits = { idle: '30m', absolute: '12h' };
const LONGEST: Limits = { idle: '90d', absolute: '365d' };
const PRESETS: Readonly<Record<NonNullable<SessionOptions['preset']>, Limits>> = {
  aal1: { idle: '30d', absolute: '30d' },
  aal2: { idle: '1h', absolute: '24h' },
  aal3: { idle: '15m', absolute: '12h' },
};

const isPreset = (value: unknown): value is keyof typeof PRESETS =>
  typeof value === 'string' && Object.hasOwn(PRESETS, value);

export function resolveSessionOptions(reader: OptionReader): ResolvedSessionOptions {
  const preset = reader.custom('preset', 'one of "aal1", "aal2", "aal3"', isPreset, null);
  const limits = preset === null ? DEFAULTS : PRESETS[preset];
  const longest = preset === null ? LONGEST : limits;
  const absoluteMs = reader.duration('absolute', {
    default: limits.absolute,
    min: '1m',
    max: longest.absolute,
  });
  // A preset's own idle limit gives way to a stricter absolute one; without a preset, both are said.
  const within = preset !== null && durationMs(limits.idle)! > absoluteMs;
  const resolved: ResolvedSessionOptions = {
    idleMs: reader.duration('idle', {
      default: within ? `${BigInt(absoluteMs)}ms` : limits.idle,
      min: '1m',
      max: longest.idle,
    }),
    absoluteMs,
    touchIntervalMs: reader.duration('touchInterval', { default: '60s', min: '0s', max: '10m' }),
    cacheSize: reader.integer('cacheSize', { default: 10_000, min: 0, max: 1_000_000 }),
  };
  reader.done();
  if (resolved.idleMs > resolved.absoluteMs) {
    reader.refuse('idle', 'no longer than "sessions.absolute"', `${resolved.idleMs}ms`);
  }
  return resolved;
}
