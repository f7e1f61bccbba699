import type { Duration } from '../../time/duration.js';
import type { OptionReader } from '../../validation/option-reader.js';

/** Options of `serviceIssuer()`. */
export interface ServiceIssuerOptions {
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

/** The options as the feature uses them. Also their injection token. */
export abstract class ResolvedServiceIssuerOptions {
  abstract readonly lifetimeMs: number;
  abstract readonly exchangeLifetimeMs: number;
  abstract readonly endpointAudience: boolean;
}

/** Checks and defaults each option. */
export function resolveServiceIssuerOptions(reader: OptionReader): ResolvedServiceIssuerOptions {
  return {
    lifetimeMs: reader.duration('lifetime', { default: '5m', min: '1m', max: '1h' }),
    exchangeLifetimeMs: reader.duration('exchangeLifetime', { default: '5m', min: '30s', max: '15m' }),
    endpointAudience: reader.boolean('endpointAudience', false),
  };
}
