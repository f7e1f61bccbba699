import type { OptionReader } from '../validation/option-reader.js';

/** argon2id parameters (RFC 9106); the defaults are OWASP's (Password Storage Cheat Sheet). */
export interface CredentialOptions {
  /** KiB of memory, 8,192 to 1,048,576. Default 19,456. */
  readonly memoryKiB?: number;
  /** Passes, 1 to 20. Default 2. */
  readonly passes?: number;
  /** Lanes, 1 to 16. Default 1. */
  readonly lanes?: number;
}

export interface ResolvedCredentialOptions {
  readonly memoryKiB: number;
  readonly passes: number;
  readonly lanes: number;
}

/** OWASP Password Storage Cheat Sheet: argon2id with 19 MiB and two passes. */
export const CREDENTIAL_DEFAULTS: ResolvedCredentialOptions = { memoryKiB: 19_456, passes: 2, lanes: 1 };

export function resolveCredentialOptions(reader: OptionReader): ResolvedCredentialOptions {
  const resolved = {
    memoryKiB: reader.integer('memoryKiB', {
      default: CREDENTIAL_DEFAULTS.memoryKiB,
      min: 8_192,
      max: 1_048_576,
    }),
    passes: reader.integer('passes', { default: CREDENTIAL_DEFAULTS.passes, min: 1, max: 20 }),
    lanes: reader.integer('lanes', { default: CREDENTIAL_DEFAULTS.lanes, min: 1, max: 16 }),
  };
  reader.done();
  return resolved;
}
