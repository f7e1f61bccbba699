import { randomBytes } from 'node:crypto';
import { Logger } from '@nestjs/common';
import { hash, verify } from '@node-rs/argon2';
import { PasswordsBusyError } from '../errors/busy-error.js';
import type { Requester } from '../principal/requester.js';
import { CREDENTIAL_DEFAULTS, type ResolvedCredentialOptions } from './credential-options.js';
import { hashesAtOnce, HashingLine, type HashingPurpose } from './hashing-line.js';
import { hashingRequester, noteRefusal } from './hashing-requester.js';

const MAX_BYTES = 4096;
const LOGGED_EVERY_MS = 60_000;

/** One for the process, as is the pool of threads that it leaves room in. */
const LINE = new HashingLine(hashesAtOnce(process.env['UV_THREADPOOL_SIZE']));

/**
 * Hashes passwords with argon2id (RFC 9106), in Unicode's NFKC form (NIST SP 800-63B-4, 3.1.1.2), off the event
 * loop. Inject it where your users live; give its hashes a column of 255 characters.
 *
 * Few hashes run at a time, and the others wait in a line that is fair by the requester's address. Within
 * `UserDirectory.verifyPassword` the requester is known; elsewhere give it, `requesterOf(request)`, so that one client
 * cannot take the places of all others.
 */
export class PasswordHasher {
  private readonly logger = new Logger('AuthModule');
  private readonly parameters;
  private decoy: Promise<string> | undefined;
  private loggedAt = -Infinity;
  private foreignLoggedAt = -Infinity;

  /** @internal */
  constructor(
    { memoryKiB, passes, lanes }: ResolvedCredentialOptions = CREDENTIAL_DEFAULTS,
    private readonly line = LINE,
  ) {
    // 2: Argon2id. The package declares its enum as const, which isolated modules cannot read.
    this.parameters = { algorithm: 2, memoryCost: memoryKiB, timeCost: passes, parallelism: lanes };
  }

  /**
   * Hashes a password to store.
   *
   * @returns a PHC string of at most 255 characters.
   * @throws RangeError for an empty password, or one over 4,096 bytes.
   * @throws PasswordsBusyError when too many passwords wait to be hashed.
   * @example
   * ```ts
   * import { type PasswordHasher, requesterOf } from 'nestjs-aerie';
   * import type { Request } from 'express';
   *
   * export const hashed = (hasher: PasswordHasher, password: string, request: Request) =>
   *   hasher.hash(password, requesterOf(request));
   * ```
   */
  async hash(password: string, requester?: Requester): Promise<string> {
    const normal = normalise(password);
    if (normal === undefined) throw new RangeError('a password has 1 to 4096 bytes');
    return this.inTurn('make', requester, () => hash(normal, this.parameters));
  }

  /**
   * Whether this password was hashed to the stored text. Without a stored text (no user has the identifier) the answer is
   * false and takes as long, so callers need not tell the cases apart. The same holds for a text that is no argon2 hash, such
   * as one of bcrypt; a warning tells of it.
   *
   * @throws PasswordsBusyError when too many passwords wait to be hashed.
   * @example
   * ```ts
   * import type { PasswordHasher } from 'nestjs-aerie';
   *
   * export const isRight = (hasher: PasswordHasher, user: { passwordHash: string } | null, password: string) =>
   *   hasher.verify(user?.passwordHash, password);
   * ```
   */
  async verify(stored: string | null | undefined, password: string, requester?: Requester): Promise<boolean> {
    const normal = normalise(password);
    const known = typeof stored === 'string' && stored !== '';
    return this.inTurn('check', requester, async () => {
      if (known) {
        try {
          return (await verify(stored, normal ?? '')) && normal !== undefined;
        } catch {
          this.warnOfForeignHash();
        }
      }
      // A user without an argon2 hash: the answer takes as long as for one who has it.
      await verify(await (this.decoy ??= hash(randomBytes(32), this.parameters)), normal ?? '');
      return false;
    });
  }

  /** Throws PasswordsBusyError when `verify` would find no place for this requester now. */
  refuseIfBusy(requester: Requester): void {
    if (!this.line.hasRoom('check', requester)) throw this.refused(new PasswordsBusyError());
  }

  /** Logged once a minute: many users may have such a hash. */
  private warnOfForeignHash(): void {
    const now = performance.now();
    if (now - this.foreignLoggedAt < LOGGED_EVERY_MS) return;
    this.foreignLoggedAt = now;
    this.logger.warn(
      'PasswordHasher.verify was given a stored text that is no argon2 hash, so no password matches it: check a hash of ' +
        'another kind, such as bcrypt, with its own library in verifyPassword',
    );
  }

  private async inTurn<T>(
    purpose: HashingPurpose,
    given: Requester | undefined,
    work: () => Promise<T>,
  ): Promise<T> {
    try {
      return await this.line.pass(purpose, given ?? hashingRequester(), work);
    } catch (error) {
      if (error instanceof PasswordsBusyError) throw this.refused(error);
      throw error;
    }
  }

  /** Said once a minute: a flood must not fill the log. */
  private refused(error: PasswordsBusyError): PasswordsBusyError {
    noteRefusal(error);
    const now = performance.now();
    if (now - this.loggedAt >= LOGGED_EVERY_MS) {
      this.loggedAt = now;
      this.logger.warn('too many passwords wait to be hashed: some sign-ins or registrations get a 503');
    }
    return error;
  }
}

function normalise(password: string): string | undefined {
  if (typeof password !== 'string' || password === '' || Buffer.byteLength(password) > MAX_BYTES)
    return undefined;
  const normal = password.normalize('NFKC');
  return Buffer.byteLength(normal) <= MAX_BYTES ? normal : undefined;
}
