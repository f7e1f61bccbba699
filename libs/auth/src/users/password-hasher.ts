import { Logger } from '@nestjs/common';
import { hash } from '@node-rs/argon2';
import { PasswordsBusyError } from '../errors/busy-error.js';
import type { Requester } from '../principal/requester.js';
import { CREDENTIAL_DEFAULTS, type ResolvedHashing } from './credential-options.js';
import { hashesAtOnce, HashingLine, type HashingPurpose } from './hashing-line.js';
import { hashingRequester, noteRefusal } from './hashing-requester.js';
import { isReadWhole } from './password-hashes/bcrypt-hash.js';
import { readStoredHash } from './password-hashes/read-stored-hash.js';
import { UnverifiableHash } from './password-hashes/stored-hash.js';
import { PasswordVerifier } from './password-verifier.js';

const MAX_BYTES = 4096;
const LOGGED_EVERY_MS = 60_000;

/** One for the process, as is the pool of threads that it leaves room in. */
const LINE = new HashingLine(hashesAtOnce(process.env['UV_THREADPOOL_SIZE']));

/** What a check of a password found. */
export interface PasswordVerdict {
  readonly right: boolean;
  /** A hash to store in place of the present one; null: that one stays. */
  readonly replacement: string | null;
}

/**
 * Hashes passwords with argon2id (RFC 9106), in Unicode's NFKC form (NIST SP 800-63B-4, 3.1.1.2), off the event
 * loop. Inject it where your users live; give its hashes a column of 255 characters. It also verifies hashes that other
 * programs made with argon2, bcrypt, scrypt or PBKDF2: `docs/passwords.md` has their formats.
 *
 * Few hashes run at a time, and the others wait in a line that is fair by the requester's address. Within
 * `UserDirectory.verifyPassword` the requester is known; elsewhere give it, `requesterOf(request)`, so that one client
 * cannot take the places of all others.
 */
export class PasswordHasher {
  private readonly logger = new Logger('AuthModule');
  private readonly parameters;
  private readonly verifier: PasswordVerifier;
  private loggedAt = -Infinity;

  /** @internal */
  constructor(
    private readonly options: ResolvedHashing = CREDENTIAL_DEFAULTS,
    private readonly line = LINE,
  ) {
    const { memoryKiB, passes, lanes } = options;
    // 2: Argon2id. The package declares its enum as const, which isolated modules cannot read.
    this.parameters = { algorithm: 2, memoryCost: memoryKiB, timeCost: passes, parallelism: lanes };
    this.verifier = new PasswordVerifier(options);
  }

  /**
   * Throws AuthConfigError when the package of the hashes that `slowestHash` names is missing.
   * @internal
   */
  async ready(): Promise<this> {
    await this.verifier.ready();
    return this;
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
    const [normal] = formsOf(password);
    if (normal === undefined) throw new RangeError('a password has 1 to 4096 bytes');
    return this.inTurn('make', requester, () => hash(normal, this.parameters));
  }

  /**
   * Whether this password was hashed to the stored text: argon2, bcrypt (with the package `@node-rs/bcrypt`), scrypt or
   * PBKDF2. Without a stored text (no user has the identifier) the answer is false and takes as long, so callers need not tell
   * the cases apart. The same holds for a text of another format; the log names its kind once.
   *
   * @throws PasswordsBusyError when too many passwords wait to be hashed.
   * @throws Error for a bcrypt hash while `@node-rs/bcrypt` is not installed.
   * @example
   * ```ts
   * import type { PasswordHasher } from 'nestjs-aerie';
   *
   * export const isRight = (hasher: PasswordHasher, user: { passwordHash: string } | null, password: string) =>
   *   hasher.verify(user?.passwordHash, password);
   * ```
   */
  async verify(stored: string | null | undefined, password: string, requester?: Requester): Promise<boolean> {
    return (await this.check(stored, password, { requester })).right;
  }

  /**
   * Whether to store `hash(password)` in place of a hash, once this password matched it: the hash is none of argon2id, or is
   * one with lower parameters than ours. Store it only where the former hash still stands (`update ... where password_hash =
   * former`): a change of the password in between must win.
   *
   * False for a bcrypt hash and a password of 72 bytes or more: bcrypt does not read further, so the match does not show that
   * the rest was right.
   *
   * @example
   * ```ts
   * import type { PasswordHasher } from 'nestjs-aerie';
   *
   * declare const users: { replaceHash(id: string, former: string, hash: string): Promise<boolean> }; // yours
   *
   * export async function verified(hasher: PasswordHasher, id: string, stored: string, password: string) {
   *   if (!(await hasher.verify(stored, password))) return false;
   *   if (hasher.needsRehash(stored, password))
   *     await users.replaceHash(id, stored, await hasher.hash(password));
   *   return true;
   * }
   * ```
   */
  needsRehash(stored: string, password: string): boolean {
    const forms = formsOf(password);
    if (forms.length === 0 || !forms.every((form) => isReadWhole(stored, form))) return false;
    const hash = readStoredHash(stored, this.options);
    return hash instanceof UnverifiableHash || hash.isWeakerThan(this.options);
  }

  /**
   * Checks a password. A refusal takes as long as it would by the slowest hash in use. With `rehash`, a right password by a
   * weaker hash is hashed anew, in the same turn of the line.
   * @internal
   */
  async check(
    stored: unknown,
    password: string,
    { requester, rehash = false }: { readonly requester?: Requester | undefined; readonly rehash?: boolean },
  ): Promise<PasswordVerdict> {
    const forms = formsOf(password);
    let began = 0;
    const verdict = await this.inTurn('check', requester, async (): Promise<PasswordVerdict> => {
      began = performance.now();
      const matched = await this.verifier.verify(stored, forms.length > 0 ? forms : ['']);
      if (matched === undefined || forms.length === 0) return { right: false, replacement: null };
      const isDue = rehash && this.needsRehash(stored as string, password);
      // The password was right, whatever comes of a new hash.
      const replacement = isDue ? await hash(forms[0]!, this.parameters).catch(() => null) : null;
      return { right: true, replacement };
    });
    // The place in the line is free meanwhile.
    if (!verdict.right) await untilPast(began + this.verifier.leastMs(Math.max(1, forms.length)));
    return verdict;
  }

  /** Throws PasswordsBusyError when `verify` would find no place for this requester now. */
  refuseIfBusy(requester: Requester): void {
    if (!this.line.hasRoom('check', requester)) throw this.refused(new PasswordsBusyError());
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

/**
 * The forms in which a password is hashed: NFKC, which ours have, and as it was typed, which those of other programs may have.
 * None for what cannot be a password.
 */
function formsOf(password: string): readonly string[] {
  const fits = (text: string) => Buffer.byteLength(text) <= MAX_BYTES;
  if (typeof password !== 'string' || password === '' || !fits(password)) return [];
  const normal = password.normalize('NFKC');
  if (!fits(normal)) return [];
  return normal === password ? [normal] : [normal, password];
}

async function untilPast(time: number): Promise<void> {
  const ms = time - performance.now();
  if (ms > 0) await new Promise((resolve) => setTimeout(resolve, ms));
}
