import assert from 'node:assert/strict';
import type {
  GivesPasswordHashes,
  KeepsEmailAddresses,
  SubjectId,
  UserDirectory,
} from '../../../principal/user-directory.js';

/** A user directory on trial, with `passwordHashOf` and `setPasswordHash`, and what makes its users. */
export interface UserDirectoryHarness {
  readonly directory: UserDirectory & GivesPasswordHashes & Partial<KeepsEmailAddresses>;

  /**
   * Makes a user with a password hash, and gives its id and an identifier that it signs in with. On trial for e-mail addresses:
   * with an address of its own that is not verified, by which `findSubject` finds it.
   */
  newUser(): Promise<{ readonly id: SubjectId; readonly identifier: string }>;
}

/** The directory, and what makes users of it. */
export interface Seen {
  readonly directory: UserDirectory &
    Required<Pick<GivesPasswordHashes, 'passwordHashOf' | 'setPasswordHash'>> &
    Partial<KeepsEmailAddresses>;
  user(): Promise<{ readonly id: string; readonly identifier: string; readonly hash: string }>;
}

let made = 0;
/** A hash as long as a column has to hold. */
export const longestHash = (): string => {
  const text = `$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHRzYWx0c2FsdA$${String(++made)}`;
  return text.padEnd(255, 'A');
};

/** What the sentences see of a harness. Throws TypeError for a directory without `setPasswordHash`. */
export function seen({ directory, newUser }: UserDirectoryHarness): Seen {
  if (!directory.setPasswordHash) throw new TypeError('this directory has no setPasswordHash');
  const gives = directory as Seen['directory'];
  return {
    directory: gives,
    user: async () => {
      const { id, identifier } = await newUser();
      const hash = await gives.passwordHashOf(String(id));
      assert.ok(typeof hash === 'string' && hash !== '', 'newUser must make a user with a password hash');
      return { id: String(id), identifier, hash };
    },
  };
}
