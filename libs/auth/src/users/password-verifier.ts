import { Logger } from '@nestjs/common';
import { AuthConfigError } from '../errors/auth-config-error.js';
import type { ResolvedHashing } from './credential-options.js';
import { MissingPackageError } from './password-hashes/bcrypt-hash.js';
import { decoyText, readStoredHash } from './password-hashes/read-stored-hash.js';
import { type StoredHash, UnverifiableHash } from './password-hashes/stored-hash.js';
import { RefusalTimes } from './refusal-times.js';

/**
 * Verifies passwords by hashes of every format that is known. What cannot match costs as much as the slowest hash in use: a
 * decoy of its kind is verified in place of a hash that is missing or unreadable.
 */
export class PasswordVerifier {
  private readonly logger = new Logger('AuthModule');
  private readonly times: RefusalTimes;
  /** Kinds of unreadable texts that were logged. There is a fixed number of kinds. */
  private readonly toldOf = new Set<string>();
  private isHintGiven: boolean;

  /** Throws AuthConfigError for a `slowestHash` that is no beginning of a hash. */
  constructor(private readonly ours: ResolvedHashing) {
    const { memoryKiB, passes, lanes, slowestHash } = ours;
    this.times = new RefusalTimes(slowestHash ?? `$argon2id$v=19$m=${memoryKiB},t=${passes},p=${lanes}$`);
    this.isHintGiven = slowestHash !== null;
    const read = readStoredHash(decoyText(this.times.slowest()), ours);
    if (read instanceof UnverifiableHash)
      throw new AuthConfigError(
        `"credentials.slowestHash" must be the beginning of a hash up to its salt, such as "$2b$12$" (got ${read.kind})`,
      );
  }

  /** Measures the kind that `slowestHash` names. Throws AuthConfigError when its package is missing. */
  async ready(): Promise<void> {
    if (this.ours.slowestHash === null) return;
    try {
      await this.matched(this.decoy(), ['']);
    } catch (cause) {
      if (!(cause instanceof MissingPackageError)) throw cause;
      throw new AuthConfigError(`"credentials.slowestHash": ${cause.message}`, { cause });
    }
  }

  /** The first form of a password that the stored text was made of. Throws MissingPackageError. */
  async verify(stored: unknown, forms: readonly string[]): Promise<string | undefined> {
    const hash = typeof stored === 'string' && stored !== '' ? this.read(stored) : null;
    if (hash) {
      try {
        return await this.matched(hash, forms);
      } catch (error) {
        if (error instanceof MissingPackageError) throw error;
        this.tell(`a malformed ${hash.format} hash`);
      }
    }
    await this.matched(this.decoy(), forms);
    return undefined;
  }

  /** How long a refusal after so many forms of the password has to take; 0: no longer than it took. */
  leastMs(forms: number): number {
    return this.times.leastMs(forms);
  }

  private async matched(hash: StoredHash, forms: readonly string[]): Promise<string | undefined> {
    for (const form of forms) {
      const began = performance.now();
      const isMatch = await hash.matches(form);
      this.times.note(hash.beginning, performance.now() - began);
      if (isMatch) return form;
    }
    return undefined;
  }

  private decoy(): StoredHash {
    // The beginning is that of a hash that was read, or was checked by the constructor.
    return readStoredHash(decoyText(this.times.slowest()), this.ours) as StoredHash;
  }

  private read(stored: string): StoredHash | null {
    const read = readStoredHash(stored, this.ours);
    if (read instanceof UnverifiableHash) {
      this.tell(read.kind);
      return null;
    }
    if (!this.isHintGiven && !read.format.startsWith('argon2')) this.hint(read);
    return read;
  }

  private tell(kind: string): void {
    if (this.toldOf.has(kind)) return;
    this.toldOf.add(kind);
    this.logger.error(
      `a stored password hash cannot be verified, so no password matches it: ${kind}. ` +
        'docs/passwords.md has the formats and their limits. This is logged once for each kind',
    );
  }

  private hint({ beginning }: StoredHash): void {
    this.isHintGiven = true;
    this.logger.warn(
      `stored password hashes begin with "${beginning}": name the slowest in credentials.slowestHash, so that an unknown ` +
        'name takes as long as a user from the first request on (docs/passwords.md)',
    );
  }
}
