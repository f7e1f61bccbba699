/** What the record says about an access token's sign-in. */
export interface SignInStatus {
  /** Not ended, and not erased. */
  readonly live: boolean;
  /** The subject's present epoch; null when it has no row any more. */
  readonly subjectEpochNow: number | null;
  readonly globalEpochNow: number;
  /** How far its refresh tokens have come; null when there is no such sign-in. */
  readonly rotation: RotationStatus | null;
  /** Ids (`jti`) of its access tokens that were revoked by themselves. */
  readonly revokedTokens: readonly string[];
  /** The store's clock when it was read, epoch milliseconds; null when there is no such sign-in. */
  readonly now: number | null;
}

/** What decides whether a rotation has ended an access token, by the store's clock. */
export interface RotationStatus {
  readonly generation: number;
  readonly rotatedAt: number;
  /** The family was re-keyed: nothing of its parent is good any more. */
  readonly replayClosed: boolean;
}

/** Asks the table of record whether an access token still stands. Throws StoreUnavailableError. */
export abstract class SignInLookup {
  abstract find(signInId: string): Promise<SignInStatus>;
}
