import type { Subject } from '../principal/user-directory.js';
import type { Duration } from '../time/duration.js';
import { durationMs } from '../time/duration.js';
import { isFunction, type OptionReader } from '../validation/option-reader.js';

/**
 * Options under `accessTokens`.
 */
export interface AccessTokenOptions {
  /** 1m to 1h, or to 24h with `longLived`. Default `15m`. A jitter shortens each token by up to 2 %. */
  readonly lifetime?: Duration;
  /** Confirms a lifetime over 1h. Default false. */
  readonly longLived?: boolean;
  /** `aud`: one or several. The first is this application's own audience, which service tokens for it must have. Default: the issuer. */
  readonly audience?: string | readonly string[];
  /** Tolerance for other clocks when times are checked, 0s to 60s. Default `5s`. */
  readonly clockTolerance?: Duration;
  /** The members of a principal beside id, roles and scopes. Access tokens carry them, so keep them small and not secret. Default: nothing. */
  readonly claims?: (subject: Subject) => Readonly<Record<string, unknown>>;
  /** How many verified tokens this process caches, 0 to 1,000,000. Default 10,000. */
  readonly cacheSize?: number;
  /**
   * A rotation ends the access tokens of earlier generations; those of the last generation stay good for the replay window.
   * With `revocation.mode: 'lookup'` only. Default false.
   */
  readonly endOnRotation?: boolean;
  /**
   * In the mode `hybrid`, browsers keep the access token in an HttpOnly cookie (`cookies.access`), and no script gets it. Guards
   * read that cookie. Default false: the token is in the body of the response.
   */
  readonly cookie?: boolean;
}

export interface ResolvedAccessTokenOptions {
  readonly lifetimeMs: number;
  /** The longest lifetime that any deployment may have used. */
  readonly longestLifetimeMs: number;
  readonly audience: readonly string[];
  readonly clockToleranceMs: number;
  readonly claims: (subject: Subject) => Readonly<Record<string, unknown>>;
  readonly cacheSize: number;
  readonly endOnRotation: boolean;
  readonly cookie: boolean;
}

const text = (v: unknown): v is string => typeof v === 'string' && v.length > 0 && v.length <= 255;
const audience = (v: unknown): v is string | readonly string[] =>
  text(v) || (Array.isArray(v) && v.length > 0 && v.every(text));

export function resolveAccessTokenOptions(reader: OptionReader, issuer: string): ResolvedAccessTokenOptions {
  const longLived = reader.boolean('longLived', false);
  const longest: Duration = longLived ? '24h' : '1h';
  const given = reader.custom('audience', 'a non-empty string, or a list of them', audience, issuer);
  const resolved: ResolvedAccessTokenOptions = {
    lifetimeMs: reader.duration('lifetime', { default: '15m', min: '1m', max: longest }),
    longestLifetimeMs: durationMs(longest)!,
    audience: typeof given === 'string' ? [given] : [...given],
    clockToleranceMs: reader.duration('clockTolerance', { default: '5s', min: '0s', max: '60s' }),
    claims: reader.custom(
      'claims',
      'a function',
      isFunction,
      () => ({}),
    ) as ResolvedAccessTokenOptions['claims'],
    cacheSize: reader.integer('cacheSize', { default: 10_000, min: 0, max: 1_000_000 }),
    endOnRotation: reader.boolean('endOnRotation', false),
    cookie: reader.boolean('cookie', false),
  };
  reader.done();
  return resolved;
}
