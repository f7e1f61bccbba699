import type { HostTransaction } from '../sql/database/sql-database.js';
import type {
  FamilyReplacement,
  RekeyAttempt,
  RekeyOutcome,
} from '../refresh-tokens/refresh-token-family-store.js';
import type { SessionRenewal } from '../sessions/session-store.js';
import type { SignInRecord } from './sign-in-record.js';

/** The sign-in that outlives a change of credentials, with a new secret, or the family that takes its place. */
export type KeptSignIn =
  | { readonly kind: 'session'; readonly renewal: SessionRenewal }
  | { readonly kind: 'tokens'; readonly rekey: RekeyAttempt }
  | { readonly kind: 'replaced'; readonly replacement: FamilyReplacement };

/**
 * What a change of credentials did.
 */
export interface CredentialChange {
  readonly ended: number;
  /** What became of the sign-in to keep: for a session, whether it lives on; for a family to replace, whether it was live. */
  readonly kept: boolean | RekeyOutcome | null;
}

/**
 * What concerns all sign-ins of a subject, sessions and families alike. Each method is one transaction which moves
 * the subject's epoch first: a sign-in or an access token that began before it is told apart by comparing two
 * numbers, whatever races it. Throws StoreUnavailableError.
 */
export abstract class SignInRegistry {
  /** Live sign-ins, the newest first; at most 1,000. */
  abstract list(subject: string): Promise<readonly SignInRecord[]>;

  /** Ends every sign-in of the subject but `except`; how many it ended. */
  abstract endAll(subject: string, reason: string, except?: string): Promise<number>;

  /**
   * Moves the subject's credential version and ends every sign-in but the kept one, whose secret is exchanged in the same
   * transaction. A family that is replaced ends
   * too: the row that `replacementRow` gives is inserted in its place.
   */
  abstract credentialsChanged(
    subject: string,
    reason: string,
    keep: KeptSignIn | null,
  ): Promise<CredentialChange>;

  /** Makes access tokens of the subject stale; inside the host's transaction, if one is given. */
  abstract subjectChanged(subject: string, host?: HostTransaction): Promise<void>;

  /** Ends everything of the subject and erases its rows, addresses and user agents. */
  abstract forget(subject: string): Promise<number>;

  /** Moves the global epoch: every sign-in and access token of everybody is dead. */
  abstract revokeEverything(): Promise<void>;

  /** Deletes up to `limit` revocations that can matter no more. */
  abstract sweep(limit: number): Promise<number>;
}
