import type { OptionReader } from '../validation/option-reader.js';

export interface RevocationOptions {
  /**
   * How an access token learns that its sign-in has ended. `lookup`: asked of the table on every request.
   * `none`: not at all; a revoked token lives until it expires. Default `lookup`.
   */
  readonly mode?: 'lookup' | 'none';
}

export interface ResolvedRevocationOptions {
  readonly mode: 'lookup' | 'none';
}

export function resolveRevocationOptions(reader: OptionReader): ResolvedRevocationOptions {
  const resolved = { mode: reader.oneOf('mode', ['lookup', 'none'], 'lookup') };
  reader.done();
  return resolved;
}
