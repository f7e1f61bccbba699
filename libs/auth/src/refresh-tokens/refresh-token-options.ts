import type { Duration } from '../time/duration.js';
import type { OptionReader } from '../validation/option-reader.js';

/**
 * Options under `refreshTokens`.
 */
export interface RefreshTokenOptions {
  /** A family ends when it was not refreshed for this long; 1h to 180d. Default `14d`. */
  readonly idle?: Duration;
  /** A family ends this long after sign-in, whatever happens; 1h to 365d. Default `30d`. */
  readonly absolute?: Duration;
  /** How long the parent of the current token is answered with the same successor; 0s to 60s. Default `30s`. */
  readonly replayWindow?: Duration;
  /** How long a retry that carries the rotation's Idempotency-Key is answered; 0s to 24h. Default `1h`. */
  readonly lateRetry?: Duration;
  /** What a detected reuse ends. Default `revoke-family`. */
  readonly onReuse?: 'revoke-family' | 'revoke-subject';
  /** `user-agent`: a replay from another user agent is reuse. Default `none`. */
  readonly replayBinding?: 'none' | 'user-agent';
  /** During an incident: until then (ISO 8601, at most 24 h away), tokens ahead of their row move it forward. Default: never. */
  readonly acceptAheadUntil?: string;
}

export interface ResolvedRefreshTokenOptions {
  readonly idleMs: number;
  readonly absoluteMs: number;
  readonly replayWindowMs: number;
  readonly lateRetryMs: number;
  readonly onReuse: 'revoke-family' | 'revoke-subject';
  readonly replayBinding: 'none' | 'user-agent';
  /** Epoch milliseconds, or null. */
  readonly acceptAheadUntil: number | null;
}

const DAY_MS = 86_400_000;

export function resolveRefreshTokenOptions(reader: OptionReader, now: number): ResolvedRefreshTokenOptions {
  const ahead = reader.custom<string | null>(
    'acceptAheadUntil',
    'an ISO 8601 instant in UTC, at most 24 hours away',
    (v): v is string =>
      typeof v === 'string' && /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(v) && Date.parse(v) <= now + DAY_MS,
    null,
  );
  const resolved: ResolvedRefreshTokenOptions = {
    idleMs: reader.duration('idle', { default: '14d', min: '1h', max: '180d' }),
    absoluteMs: reader.duration('absolute', { default: '30d', min: '1h', max: '365d' }),
    replayWindowMs: reader.duration('replayWindow', { default: '30s', min: '0s', max: '60s' }),
    lateRetryMs: reader.duration('lateRetry', { default: '1h', min: '0s', max: '24h' }),
    onReuse: reader.oneOf('onReuse', ['revoke-family', 'revoke-subject'], 'revoke-family'),
    replayBinding: reader.oneOf('replayBinding', ['none', 'user-agent'], 'none'),
    acceptAheadUntil: ahead === null ? null : Date.parse(ahead),
  };
  reader.done();
  if (resolved.idleMs > resolved.absoluteMs) {
    reader.refuse('idle', 'no longer than "refreshTokens.absolute"', `${resolved.idleMs}ms`);
  }
  return resolved;
}
