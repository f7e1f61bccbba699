/** The id of a subject in the host application. It is stored as text: a number or a bigint exactly, in decimal. */
export type SubjectId = string | number | bigint;

/** A subject with its present state in the host application. */
export interface Subject {
  /**
   * It never changes and is never given to another subject: a string of at most 255 bytes, a safe integer or a bigint. It must
   * not begin with `client:`, because the `sub` of services does.
   */
  readonly id: SubjectId;
  /** The subject may no longer sign in: its sign-ins end at the next refresh or session request. */
  readonly disabled?: boolean;
  readonly roles?: readonly string[];
  readonly scopes?: readonly string[];
  /** Any other members that `accessTokens.claims` needs. */
  readonly [member: string]: unknown;
}

/**
 * The part of the host application's users that authentication needs. The host implements it, in a class that may inject
 * AuthenticationService. The class also has `passwordHashOf` ({@link GivesPasswordHashes}: the module verifies passwords) or
 * `verifyPassword` ({@link VerifiesPasswords}: the host does). If a method throws, the response is a 503 and nothing changes.
 *
 * @throws anything: an error of a method becomes StoreUnavailableError (503), and nothing changes.
 * @example
 * ```ts
 * import { type GivesPasswordHashes, UserDirectory } from 'nestjs-aerie';
 *
 * interface User {
 *   readonly id: string;
 *   readonly passwordHash: string | null;
 *   readonly isDisabled: boolean;
 *   readonly roles: readonly string[];
 * }
 * declare const table: { findBy(column: 'id' | 'email', value: string): Promise<User | null> }; // yours
 *
 * export class Users extends UserDirectory implements GivesPasswordHashes {
 *   async findSubject(email: string) {
 *     return (await table.findBy('email', email))?.id ?? null;
 *   }
 *   async passwordHashOf(id: string) {
 *     return (await table.findBy('id', id))?.passwordHash ?? null;
 *   }
 *   async loadSubject(id: string) {
 *     const user = await table.findBy('id', id);
 *     return user && { id, disabled: user.isDisabled, roles: user.roles };
 *   }
 * }
 * ```
 */
export abstract class UserDirectory {
  /** The subject that has this identifier (an e-mail address, a user name), or null. Load nothing else here. */
  abstract findSubject(identifier: string): Promise<SubjectId | null>;

  /** The subject with its present state, or null if it is gone: then all its sign-ins end. */
  abstract loadSubject(subject: string): Promise<Subject | null>;
}

/** Which hash a new one may replace. */
export interface PasswordHashReplacement {
  /** The hash as `passwordHashOf` gave it; null: the subject has none (null or ''), and a new password gives it its first one. */
  readonly replacing: string | null;
}

/** A directory that gives password hashes: the module verifies passwords, and makes weak hashes stronger. */
export interface GivesPasswordHashes {
  /**
   * The stored hash of the subject's password; null or '' if it has none: then no password signs it in. The id is given as
   * text. The module verifies argon2, bcrypt (with the package `@node-rs/bcrypt`), scrypt and PBKDF2 (`docs/passwords.md`). The
   * subject's epoch was read before this call: a password change in between fails the sign-in.
   */
  passwordHashOf(subject: string): Promise<string | null>;

  /**
   * Stores a new hash of the subject's password if the present one is `replacing`, in one statement: `update users set
   * password_hash = :hash where id = :subject and password_hash is not distinct from :replacing` (MariaDB: `<=>`, SQLite:
   * `is`). Whether a row was changed. With it, a right
   * password by a hash of another format, or by a weaker one, is hashed anew with argon2id. What it throws is logged, and the
   * sign-in goes on. `userDirectoryContract` of `nestjs-aerie/testing` tests it.
   */
  setPasswordHash?(subject: string, hash: string, options: PasswordHashReplacement): Promise<boolean>;

  readonly verifyPassword?: undefined;
  readonly refusePassword?: undefined;
}

/** A directory that verifies passwords itself: hashes of a format that the module does not have, or another system's. */
export interface VerifiesPasswords {
  /**
   * Whether this is the password of the subject. The id is given as text. Where you have a hash, pass both to the module's
   * `PasswordHasher`. The subject's epoch was read before this call: a password change in between fails the sign-in.
   */
  verifyPassword(subject: string, password: string): Promise<boolean>;

  /**
   * Called in place of `verifyPassword` if no subject has the identifier. It must take as long. You need it only if you do
   * not verify with the module's `PasswordHasher`; the default calls that.
   */
  refusePassword?(password: string): Promise<void>;

  readonly passwordHashOf?: undefined;
  readonly setPasswordHash?: undefined;
}

/** The e-mail address of a subject. */
export interface AccountEmail {
  readonly address: string;
  /** Whether somebody has proved to read its mailbox: `setEmailVerified` or `setEmail` was called for this address. */
  readonly verified: boolean;
  /** The language of mails, such as `de` or `pt-BR`: handed to the mailer as it is. */
  readonly locale?: string;
}

/** Which address a new one may replace. */
export interface EmailReplacement {
  /** The address as `emailOf` gave it. */
  readonly replacing: string;
}

/**
 * A directory whose users have e-mail addresses, for `accountFlows()`: the boot names each member that a flow needs and that is
 * missing. Ids are given as text. `userDirectoryContract` of `nestjs-aerie/testing` tests all of them.
 */
export interface KeepsEmailAddresses {
  /** The address of the subject, or null if it has none: then no mail is sent. */
  emailOf(subject: string): Promise<AccountEmail | null>;

  /**
   * Marks the address as verified if it is still the subject's, in one statement: `update users set email_verified = true where
   * id = :subject and email = :address`. Whether it is the subject's.
   */
  setEmailVerified(subject: string, address: string): Promise<boolean>;

  /**
   * Stores another address, as verified, if the present one is `replacing`, in one statement: `update users set email =
   * :address, email_verified = true where id = :subject and email = :replacing`. Whether a row was changed: false, too, if another
   * user has the address (catch the violation of your unique index). From then on `findSubject` finds the subject by it.
   */
  setEmail(subject: string, address: string, options: EmailReplacement): Promise<boolean>;

  /**
   * Removes what signs the subject in apart from its mailbox: the password hash, and accounts of other providers that are linked
   * to it. Called if these may be another person's, who registered the address first or took the account over.
   */
  voidCredentials(subject: string): Promise<void>;
}

/** What the option `users` takes: a directory that has exactly one way to check passwords, and what the flows need. */
export type CompleteUserDirectory = UserDirectory &
  (GivesPasswordHashes | VerifiesPasswords) &
  Partial<KeepsEmailAddresses>;
