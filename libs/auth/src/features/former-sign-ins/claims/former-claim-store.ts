/** A former credential that was seen. Instants are epoch milliseconds of the store's clock. */
export interface FormerClaim {
  /** Digest of its kind and of what identifies it. */
  readonly credential: string;
  /** The sign-in that it opens; null: it opens none. */
  readonly signInId: string | null;
  /** Digest of the Idempotency-Key that it came with; null: it came with none. */
  readonly attemptHash: string | null;
  /** How often another sign-in took the place of the first. */
  readonly replacements: number;
  /** When it was claimed for this sign-in. */
  readonly openedAt: number;
  /** When its client showed that it has the sign-in; null: it has not yet. */
  readonly spentAt: number | null;
}

/** A claim, and the store's clock, from one read. */
export interface FormerClaimReading {
  readonly claim: FormerClaim;
  readonly now: number;
}

/** A former credential that is to open a sign-in. */
export interface NewFormerClaim {
  readonly credential: string;
  readonly signInId: string;
  readonly attemptHash: string | null;
}

/** Which former credentials are spent, and whose are refused. Throws StoreUnavailableError. */
export abstract class FormerClaimStore {
  abstract find(credential: string): Promise<FormerClaimReading | null>;

  /** Claims a credential that has no claim yet: of any number at once, one does. The claim that stands, and the clock. */
  abstract claim(claim: NewFormerClaim): Promise<FormerClaimReading>;

  /** Puts another sign-in in the place of the one given, from now on, if that is still the one. Whether it was. */
  abstract replace(claim: NewFormerClaim, instead: string): Promise<boolean>;

  /** Gives a claim up whose sign-in was never opened: the credential is as if it was never seen. */
  abstract release(credential: string, signInId: string): Promise<void>;

  /** The credential opens nothing new from now on; one that was never seen opens nothing at all. */
  abstract spend(credential: string): Promise<void>;

  /**
   * Whether former credentials of a subject are refused: from the moment on in which `SignInRegistry` ended its sign-ins
   * (`endAll`, `credentialsChanged`, `forget`), or everybody's (`revokeEverything`), in the same transaction.
   */
  abstract isEnded(subject: string): Promise<boolean>;

  /** Deletes up to `limit` rows of either kind; how many. */
  abstract sweep(limit: number): Promise<number>;
}
