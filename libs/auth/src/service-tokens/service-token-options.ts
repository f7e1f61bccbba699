import type { Duration } from '../time/duration.js';
import type { OptionReader } from '../validation/option-reader.js';

export interface ServiceTokenOptions {
  /** How long a service's own token is good, 1m to 1h. Default `5m`. */
  readonly lifetime?: Duration;
  /** The same of a token that a sign-in was exchanged for, 30s to 15m; never longer than the sign-in. Default `5m`. */
  readonly exchangeLifetime?: Duration;
}

export interface ResolvedServiceTokenOptions {
  readonly lifetimeMs: number;
  readonly exchangeLifetimeMs: number;
}

export function resolveServiceTokenOptions(reader: OptionReader): ResolvedServiceTokenOptions {
  const resolved = {
    lifetimeMs: reader.duration('lifetime', { default: '5m', min: '1m', max: '1h' }),
    exchangeLifetimeMs: reader.duration('exchangeLifetime', { default: '5m', min: '30s', max: '15m' }),
  };
  reader.done();
  return resolved;
}
