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
 * AuthenticationService. If a method throws, the response is a 503 and nothing changes.
 *
 * @throws anything: an error of a method becomes StoreUnavailableError (503), and nothing changes.
 * @example
 * ```ts
 * import { PasswordHasher, UserDirectory } from 'nestjs-aerie';
 *
 * interface User {
 *   readonly id: string;
 *   readonly passwordHash: string | null;
 *   readonly isDisabled: boolean;
 *   readonly roles: readonly string[];
 * }
 * declare const table: { findBy(column: 'id' | 'email', value: string): Promise<User | null> }; // yours
 *
 * export class Users extends UserDirectory {
 *   constructor(private readonly hasher: PasswordHasher) {
 *     super();
 *   }
 *   async findSubject(email: string) {
 *     return (await table.findBy('email', email))?.id ?? null;
 *   }
 *   async verifyPassword(id: string, password: string) {
 *     return this.hasher.verify((await table.findBy('id', id))?.passwordHash, password);
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

  /**
   * Whether this is the password of the subject. The id is given as text. Load the hash and pass both to the module's
   * `PasswordHasher`. The subject's epoch was read before this call: a password change in between fails the sign-in.
   */
  abstract verifyPassword(subject: string, password: string): Promise<boolean>;

  /** The subject with its present state, or null if it is gone: then all its sign-ins end. */
  abstract loadSubject(subject: string): Promise<Subject | null>;

  /**
   * Called in place of `verifyPassword` if no subject has the identifier. It must take as long. You need it only if you do
   * not verify with the module's `PasswordHasher`; the default calls that.
   */
  refusePassword?(password: string): Promise<void>;
}
