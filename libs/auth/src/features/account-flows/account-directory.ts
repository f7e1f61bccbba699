import type {
  AccountEmail,
  CompleteUserDirectory,
  GivesPasswordHashes,
  KeepsEmailAddresses,
} from '../../principal/user-directory.js';
import { DirectoryMistakeError, type UserLoader } from '../../users/user-loader.js';

/** Times that a new password, or a new address, is tried again because another one was stored meanwhile. */
const MAX_TRIES = 5;

type Members = UserDirectory & KeepsEmailAddresses & Required<Pick<GivesPasswordHashes, 'setPasswordHash'>>;
type UserDirectory = Pick<CompleteUserDirectory, 'findSubject'> & Pick<GivesPasswordHashes, 'passwordHashOf'>;

/**
 * The host's users, as the flows ask for them; the boot has checked that the members are there. All throw
 * StoreUnavailableError, and DirectoryMistakeError for a wrong value.
 */
export class AccountDirectory {
  constructor(private readonly loader: UserLoader) {}

  /** The subject that has an identifier and may sign in, or null. */
  async findLive(identifier: string): Promise<string | null> {
    const subject = await this.loader.find(identifier);
    return subject !== null && (await this.isLive(subject)) ? subject : null;
  }

  /** The subject that has an identifier, or null. */
  find(identifier: string): Promise<string | null> {
    return this.loader.find(identifier);
  }

  /** Whether the subject is there and not disabled. */
  async isLive(subject: string): Promise<boolean> {
    return (await this.loader.load(subject)) !== null;
  }

  async emailOf(subject: string): Promise<AccountEmail | null> {
    return this.ask(async (directory) => {
      const email: unknown = await directory.emailOf(subject);
      if (email === null || email === undefined) return null;
      const { address, verified, locale } = email as Partial<Record<keyof AccountEmail, unknown>>;
      // A line break in an address would add headers to a mail, and a comma another reader.
      if (typeof address !== 'string' || !/^[^\s\p{Cc},;<>]{1,254}$/u.test(address))
        throw new DirectoryMistakeError('emailOf must return an e-mail address as "address"');
      if (typeof verified !== 'boolean')
        throw new DirectoryMistakeError(
          `emailOf must return true or false as "verified" (got ${typeof verified})`,
        );
      if (locale !== undefined && locale !== null && typeof locale !== 'string')
        throw new DirectoryMistakeError(`emailOf must return a text as "locale" (got ${typeof locale})`);
      return { address, verified, ...(typeof locale === 'string' && { locale }) };
    });
  }

  /** Whether the address is still the subject's. */
  setEmailVerified(subject: string, address: string): Promise<boolean> {
    return this.ask(async (directory) =>
      truth('setEmailVerified', await directory.setEmailVerified(subject, address)),
    );
  }

  /** Whether the address was stored in place of `replacing`. */
  setEmail(subject: string, address: string, replacing: string): Promise<boolean> {
    return this.ask(async (directory) =>
      truth('setEmail', await directory.setEmail(subject, address, { replacing })),
    );
  }

  /** Stores the address whatever the present one is. False: another user has it, or the present one changes without end. */
  async forceEmail(subject: string, address: string): Promise<boolean> {
    for (let tried = 1; tried <= MAX_TRIES; tried++) {
      const present = await this.emailOf(subject);
      if (!present) return false;
      if (present.address === address || (await this.setEmail(subject, address, present.address)))
        return true;
      if ((await this.emailOf(subject))?.address === present.address) return false;
    }
    return false;
  }

  voidCredentials(subject: string): Promise<void> {
    return this.ask(async (directory) => {
      await directory.voidCredentials(subject);
    });
  }

  /** The stored hash as the directory gives it; null and '': there is no password. */
  passwordHashOf(subject: string): Promise<string | null> {
    return this.ask(async (directory) => {
      const stored: unknown = await directory.passwordHashOf(subject);
      if (stored === null || stored === undefined) return null;
      if (typeof stored !== 'string')
        throw new DirectoryMistakeError(`passwordHashOf must return a string or null (got ${typeof stored})`);
      return stored;
    });
  }

  /** Whether the hash was stored in place of `replacing`. */
  setPasswordHash(subject: string, hash: string, replacing: string | null): Promise<boolean> {
    return this.ask(async (directory) =>
      truth('setPasswordHash', await directory.setPasswordHash(subject, hash, { replacing })),
    );
  }

  /** Stores the hash whatever the present one is. Throws DirectoryMistakeError if the directory never does. */
  async forcePasswordHash(subject: string, hash: string): Promise<void> {
    for (let tried = 1; tried <= MAX_TRIES; tried++)
      if (await this.setPasswordHash(subject, hash, await this.passwordHashOf(subject))) return;
    throw new DirectoryMistakeError(
      'setPasswordHash must store a hash in place of the one that passwordHashOf gives, null included (it returned false)',
    );
  }

  private ask<T>(question: (directory: Members) => Promise<T>): Promise<T> {
    return this.loader.ask((directory) => question(directory as unknown as Members));
  }
}

function truth(member: string, value: unknown): boolean {
  if (typeof value !== 'boolean')
    throw new DirectoryMistakeError(`${member} must return true or false (got ${typeof value})`);
  return value;
}
