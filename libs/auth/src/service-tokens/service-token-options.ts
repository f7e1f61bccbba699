import type { Duration } from '../time/duration.js';
import type { OptionReader } from '../validation/option-reader.js';

/**
 * Options under `serviceTokens`.
 */
export interface ServiceTokenOptions {
  /** How long a service's own token is good, 1m to 1h. Default `5m`. */
  readonly lifetime?: Duration;
  /** The same of a token that a sign-in was exchanged for, 30s to 15m; never longer than the sign-in. Default `5m`. */
  readonly exchangeLifetime?: Duration;
  /**
   * Whether a client's assertion may be for the URL of the token endpoint, too, and not for `issuer` alone: for clients that
   * cannot name the issuer. An endpoint's URL can be another server's claim, an issuer cannot. Default false.
   */
  readonly endpointAudience?: boolean;
}

export interface ResolvedServiceTokenOptions {
  readonly lifetimeMs: number;
  readonly exchangeLifetimeMs: number;
  readonly endpointAudience: boolean;
}

export function resolveServiceTokenOptions(reader: OptionReader): ResolvedServiceTokenOptions {
  const resolved = {
    lifetimeMs: reader.duration('lifetime', { default: '5m', min: '1m', max: '1h' }),
    exchangeLifetimeMs: reader.duration('exchangeLifetime', { default: '5m', min: '30s', max: '15m' }),
    endpointAudience: reader.boolean('endpointAudience', false),
  };
  reader.done();
  return resolved;
}
