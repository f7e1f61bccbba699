import type { Requester } from '../../../principal/requester.js';
import { hashingFor } from '../../../users/hashing-requester.js';
import type { PasswordHasher } from '../../../users/password-hasher.js';
import type { PasswordOwner, PasswordPolicy } from '../../../users/password-policy/password-policy.js';
import type { UserPasswords } from '../../../users/user-passwords.js';

/** Judges new passwords, and hashes them. */
export class NewPasswords {
  constructor(
    private readonly hasher: PasswordHasher,
    private readonly users: UserPasswords,
    private readonly policy: PasswordPolicy,
  ) {}

  /** Throws PasswordRejectedError, PasswordsBusyError, StoreUnavailableError. */
  async hashed(password: string, owner: PasswordOwner, requester: Requester): Promise<string> {
    await this.policy.check(password, owner);
    return this.hasher.hash(password, requester);
  }

  /** Whether this is the subject's password: by its hash, or as the directory says. Throws PasswordsBusyError, StoreUnavailableError. */
  async isRightOf(subject: string, password: string, requester: Requester): Promise<boolean> {
    const { right } = await hashingFor(requester, () => this.users.check(subject, password));
    return right;
  }

  /** Whether this is the password of a stored hash. Throws PasswordsBusyError. */
  isRight(stored: string | null, password: string, requester: Requester): Promise<boolean> {
    return this.hasher.verify(stored, password, requester);
  }
}
