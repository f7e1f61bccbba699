import { AccessTokenRevokedError, AccessTokenStaleError } from '../errors/auth-error.js';
import type { SignInStatus } from './sign-in-lookup.js';

/** What an access token says of itself: what decides whether it still stands. */
export interface RevocableToken {
  /** `jti`. */
  readonly id: string;
  readonly subjectEpoch: number;
  readonly globalEpoch: number;
  /** Its family's generation; null for one that does not say (issued without `accessTokens.endOnRotation`). */
  readonly generation: number | null;
  /** The client that it was issued to by exchange; null or left out: none. */
  readonly client?: { readonly id: string; readonly epoch: number } | null;
  readonly principal: { readonly id: string; readonly signInId: string };
}

/** Tells whether a genuine access token still stands, or its sign-in ended or its subject changed meanwhile. */
export abstract class RevocationCheck {
  /**
   * Whether it stands, as far as can be told without waiting; false: ask `check`. Throws AccessTokenRevoked- and
   * AccessTokenStaleError. `maxStalenessMs`: how old the knowledge may be; null: as the options say.
   */
  abstract cachedAsGood(token: RevocableToken, maxStalenessMs: number | null): boolean;

  /** Throws AccessTokenRevoked-, AccessTokenStale- and StoreUnavailableError. */
  abstract check(token: RevocableToken, maxStalenessMs: number | null): Promise<void>;
}

/**
 * Compares what an access token carries with what the record says: two numbers, and no clock. Throws
 * AccessTokenRevokedError when its sign-in, or everything, has ended; AccessTokenStaleError when its subject changed
 * after it was issued.
 */
export function checkStanding(
  token: { readonly subjectEpoch: number; readonly globalEpoch: number },
  standing: Pick<SignInStatus, 'live' | 'subjectEpochNow' | 'globalEpochNow'>,
): void {
  // Written so that what is not a number refuses: a store of somebody else's may answer anything.
  const { live, subjectEpochNow, globalEpochNow } = standing;
  if (live !== true || subjectEpochNow === null || !(token.globalEpoch >= globalEpochNow)) {
    throw new AccessTokenRevokedError();
  }
  if (!(token.subjectEpoch >= subjectEpochNow)) throw new AccessTokenStaleError();
}
