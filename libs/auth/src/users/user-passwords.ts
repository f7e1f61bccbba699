import { Logger } from '@nestjs/common';
import type { CompleteUserDirectory, GivesPasswordHashes } from '../principal/user-directory.js';
import type { Requester } from '../principal/requester.js';
import type { SecurityEventSink } from '../audit/security-event.js';
import type { PasswordHasher } from './password-hasher.js';
import { DirectoryMistakeError, type UserLoader } from './user-loader.js';
import { HeldRefusals } from './held-refusals.js';
import { failureMessage } from '../errors/failure-message.js';

/** A sign-in waits for the new hash to be stored, but not as long as for what it needs. */
const UPGRADE_DEADLINE_MS = 2_000;
const LOGGED_EVERY_MS = 60_000;

/** One for the process, as is the line. */
const REFUSALS = new HeldRefusals();

/** A hash that may take the place of a weaker one. */
export interface HashUpgrade {
  readonly replacing: string;
  readonly hash: string;
}

export interface PasswordCheck {
  readonly right: boolean;
  /** Null: the stored hash stays. */
  readonly upgrade: HashUpgrade | null;
}

/** Checks passwords of the host's users: by the hash that the directory gives, or by asking the directory. */
export class UserPasswords {
  private readonly logger = new Logger('AuthModule');
  private loggedAt = -Infinity;

  constructor(
    private readonly loader: UserLoader,
    private readonly hasher: PasswordHasher,
    private readonly events: SecurityEventSink,
  ) {}

  /** Throws PasswordsBusyError, after about a second, when a check would find no place for this requester now. */
  refuseIfBusy(requester: Requester): Promise<void> {
    return REFUSALS.after(() => this.hasher.refuseIfBusy(requester));
  }

  /** Throws PasswordsBusyError, StoreUnavailableError. */
  check(subject: string, password: string): Promise<PasswordCheck> {
    return this.loader.ask(async (directory) => {
      if (directory.verifyPassword)
        return { right: (await directory.verifyPassword(subject, password)) === true, upgrade: null };
      const stored = await hashOf(directory, subject);
      const rehash = directory.setPasswordHash !== undefined;
      const { right, replacement: hash } = await this.hasher.check(stored, password, { rehash });
      return { right, upgrade: hash === null ? null : { replacing: stored!, hash } };
    });
  }

  /** The same steps without a subject: a query of the directory, a hash. */
  async refuseNobody(identifier: string, password: string): Promise<void> {
    await this.loader.ask(async (directory) => {
      if (directory.refusePassword) return directory.refusePassword(password);
      await directory.findSubject(identifier);
      await this.hasher.verify(null, password);
    });
  }

  /**
   * Has the directory store a stronger hash. Never throws: the password was right. Where the hash has changed meanwhile, by
   * another sign-in or a new password, the directory leaves that one.
   */
  async upgrade(subject: string, { replacing, hash }: HashUpgrade): Promise<void> {
    // Its error is handled here: the message of a database may show values.
    const store = async (directory: CompleteUserDirectory) => {
      try {
        const stored: unknown = await directory.setPasswordHash!(subject, hash, { replacing });
        if (stored === true) this.events.record({ type: 'password_hash_upgraded', subject });
        else if (stored !== false)
          this.warn(`setPasswordHash must return true or false (got ${typeof stored})`);
      } catch (error) {
        const message = failureMessage(error);
        this.warn(message.replaceAll(hash, '(hash)').replaceAll(replacing, '(hash)'));
      }
    };
    await this.loader.ask(store, UPGRADE_DEADLINE_MS).catch(() => undefined);
  }

  /** Logged once a minute: it concerns every sign-in. */
  private warn(message: string): void {
    const now = performance.now();
    if (now - this.loggedAt < LOGGED_EVERY_MS) return;
    this.loggedAt = now;
    this.logger.warn(`a password hash was not upgraded, and its user is signed in: ${message}`);
  }
}

async function hashOf(directory: GivesPasswordHashes, subject: string): Promise<string | null> {
  const stored: unknown = await directory.passwordHashOf(subject);
  if (stored === null || stored === undefined || stored === '') return null;
  if (typeof stored !== 'string')
    throw new DirectoryMistakeError(`passwordHashOf must return a string or null (got ${typeof stored})`);
  return stored;
}
