import type { SqlTransaction } from '../sql/database/sql-database.js';
import type { SignInOrigin } from '../subjects/given-sign-in.js';

/**
 * Which sign-ins live and end as one, as a feature knows it: a child was opened from its parent. The core asks within its own
 * transactions. It ends the children with their parent, and spares both where one is to be kept.
 */
export interface SqlSignInLinks {
  /** Whether a child may be opened by this link. Its row is locked from here on. The parent's is locked, and it is live. */
  isOpen(subject: string, origin: SignInOrigin): SqlTransaction<boolean>;
  /** The child was inserted: nothing else can be opened by this link. Throws if another one was. */
  opened(child: string, expiresAt: number, origin: SignInOrigin): SqlTransaction<void>;
  /** The children of these sign-ins. A bounded list. */
  childrenOf(parents: readonly string[]): SqlTransaction<readonly string[]>;
  /** A sign-in, its parent, and the children of either; itself where it has none. A bounded list. */
  kinOf(signInId: string): SqlTransaction<readonly string[]>;
  /** Another sign-in takes the place of this one. */
  replaced(former: string, next: string): SqlTransaction<void>;
}

/** The same in memory. */
export interface MemorySignInLinks {
  isOpen(subject: string, origin: SignInOrigin): boolean;
  opened(child: string, expiresAt: number, origin: SignInOrigin): void;
  childrenOf(parents: readonly string[]): readonly string[];
  kinOf(signInId: string): readonly string[];
  replaced(former: string, next: string): void;
}
