import type { OptionReader } from '../validation/option-reader.js';

/** argon2id parameters (RFC 9106); the defaults are OWASP's (Password Storage Cheat Sheet). */
export interface CredentialOptions {
  /** KiB of memory, 8,192 to 1,048,576. Default 19,456. */
  readonly memoryKiB?: number;
  /** Passes, 1 to 20. Default 2. */
  readonly passes?: number;
  /** Lanes, 1 to 16. Default 1. */
  readonly lanes?: number;
  /**
   * For a users table that also has hashes of other formats: how its slowest ones begin, up to the salt, such as `$2b$12$`.
   * Then refused passwords take as long as one of those from the first request on. Default: learnt from checks.
   */
  readonly slowestHash?: string;
}

export interface ResolvedCredentialOptions {
  readonly memoryKiB: number;
  readonly passes: number;
  readonly lanes: number;
  readonly slowestHash: string | null;
}

const MOST_CHARACTERS = 100;
const isBeginning = (value: unknown): value is string =>
  typeof value === 'string' && value.length <= MOST_CHARACTERS && value.endsWith('$');

/** OWASP Password Storage Cheat Sheet: argon2id with 19 MiB and two passes. */
export const CREDENTIAL_DEFAULTS: ResolvedCredentialOptions = {
  memoryKiB: 19_456,
  passes: 2,
  lanes: 1,
  slowestHash: null,
};

export function resolveCredentialOptions(reader: OptionReader): ResolvedCredentialOptions {
  const resolved = {
    memoryKiB: reader.integer('memoryKiB', {
      default: CREDENTIAL_DEFAULTS.memoryKiB,
      min: 8_192,
      max: 1_048_576,
    }),
    passes: reader.integer('passes', { default: CREDENTIAL_DEFAULTS.passes, min: 1, max: 20 }),
    lanes: reader.integer('lanes', { default: CREDENTIAL_DEFAULTS.lanes, min: 1, max: 16 }),
    slowestHash: reader.custom<string | null>(
      'slowestHash',
      'the beginning of a hash up to its salt, such as "$2b$12$"',
      isBeginning,
      null,
    ),
  };
  reader.done();
  return resolved;
}
