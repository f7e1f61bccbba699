/** What the record says about an access token's sign-in. */
export interface SignInStanding {
  /** Not ended, and not erased. */
  readonly live: boolean;
  /** The subject's present epoch; null when it has no row any more. */
  readonly subjectEpochNow: number | null;
  readonly globalEpochNow: number;
}

/** Asks the table of record whether an access token still stands. Throws StoreUnavailableError. */
export abstract class SignInLookup {
  abstract find(signInId: string): Promise<SignInStanding>;
}
