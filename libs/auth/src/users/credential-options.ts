import type { OptionReader } from '../validation/option-reader.js';

/**
 * Whether a new password, in Unicode's NFKC form, is known to be common or stolen. What it throws, and no answer in five
 * seconds, is a 503.
 */
export type PasswordBlocklist = (password: string) => boolean | Promise<boolean>;

/**
 * How passwords are hashed: argon2id (RFC 9106), with OWASP's defaults (Password Storage Cheat Sheet). And which new ones are
 * accepted (NIST SP 800-63B-4, 3.1.1.2).
 */
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
  /**
   * The fewest characters of a new password, 8 to 64. Default 15, which a password that stands alone needs. Set 8 only where
   * every sign-in needs a second factor.
   */
  readonly minLength?: number;
  /** The most characters of a new password, 64 to 256. Default 256. */
  readonly maxLength?: number;
  /** New passwords to refuse beside the common ones that the module knows. Default: none. */
  readonly blocklist?: PasswordBlocklist;
}

export interface ResolvedHashing {
  readonly memoryKiB: number;
  readonly passes: number;
  readonly lanes: number;
  readonly slowestHash: string | null;
}

export interface PasswordRules {
  readonly minLength: number;
  readonly maxLength: number;
  readonly blocklist: PasswordBlocklist | null;
}

export interface ResolvedCredentialOptions extends ResolvedHashing, PasswordRules {}

const isFunction = (value: unknown): value is PasswordBlocklist => typeof value === 'function';
const MOST_CHARACTERS = 100;
const isBeginning = (value: unknown): value is string =>
  typeof value === 'string' && value.length <= MOST_CHARACTERS && value.endsWith('$');

/** OWASP Password Storage Cheat Sheet: argon2id with 19 MiB and two passes. */
export const CREDENTIAL_DEFAULTS: ResolvedCredentialOptions = {
  memoryKiB: 19_456,
  passes: 2,
  lanes: 1,
  slowestHash: null,
  minLength: 15,
  maxLength: 256,
  blocklist: null,
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
    minLength: reader.integer('minLength', { default: CREDENTIAL_DEFAULTS.minLength, min: 8, max: 64 }),
    maxLength: reader.integer('maxLength', { default: CREDENTIAL_DEFAULTS.maxLength, min: 64, max: 256 }),
    blocklist: reader.custom<PasswordBlocklist | null>('blocklist', 'a function', isFunction, null),
  };
  reader.done();
  return resolved;
}
