/** The id of a subject as the host has it. We keep it as text: a number or a bigint in decimal, exactly. */
export type SubjectId = string | number | bigint;

/** A subject as the host application knows it now. */
export interface Subject {
  /**
   * It never changes and is never given to another subject: a string of at most 255 bytes, a safe integer or a bigint. It must
   * not begin with `client:`, as the `sub` of services does.
   */
  readonly id: SubjectId;
  /** May no longer sign in: everything of theirs ends at the next refresh or session request. */
  readonly disabled?: boolean;
  readonly roles?: readonly string[];
  readonly scopes?: readonly string[];
  /** Anything else the host wants to hand to `accessTokens.claims`. */
  readonly [member: string]: unknown;
}

/**
 * The host application's users, as far as authentication needs them. The host implements it, in a class that may inject
 * AuthenticationService. An error that a method throws is answered with 503 and changes nothing.
 */
export abstract class UserDirectory {
  /** The subject that has this identifier (an e-mail address, a user name), or null. Load nothing else here. */
  abstract findSubject(identifier: string): Promise<SubjectId | null>;

  /**
   * Whether this is the password of the subject, whose id is given as text: load the hash, give both to the module's
   * `PasswordHasher`. Called after the subject's epoch was read: a password change in between fails the sign-in.
   */
  abstract verifyPassword(subject: string, password: string): Promise<boolean>;

  /** The subject as it is now, or null when it is gone: that ends everything of theirs. */
  abstract loadSubject(subject: string): Promise<Subject | null>;

  /**
   * Called in place of `verifyPassword` when nobody has the identifier, and must take as long. Only needed when you
   * do not verify with the module's `PasswordHasher`, which is what happens otherwise.
   */
  refusePassword?(password: string): Promise<void>;
}
