import type { ResolvedHashing } from '../credential-options.js';

/** A hash of the users table whose format is known and whose parameters are within their limits. */
export interface StoredHash {
  /** `argon2id`, `bcrypt`, `scrypt`, `pbkdf2-sha256` and the like. */
  readonly format: string;
  /** Its text up to the salt: the format and the parameters, which say how long it takes. */
  readonly beginning: string;

  /** Whether it was made of this text. Off the event loop. Throws for a hash whose salt or key is malformed. */
  matches(password: string): Promise<boolean>;

  /** Whether it is weaker than what `PasswordHasher.hash` makes with these parameters. */
  isWeakerThan(ours: ResolvedHashing): boolean;
}

/** A stored text that cannot be verified: what kind of text it is, in words that show nothing of it. */
export class UnverifiableHash {
  constructor(readonly kind: string) {}
}

/** Reads a format. `undefined`: the text is of another one. */
export type HashReader = (text: string, ours: ResolvedHashing) => StoredHash | UnverifiableHash | undefined;
