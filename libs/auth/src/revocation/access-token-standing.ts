import { AccessTokenRevokedError, AccessTokenStaleError } from '../errors/auth-error.js';
import type { SignInStanding } from './sign-in-lookup.js';

/**
 * Compares what an access token carries with what the record says: two numbers, and no clock. Throws
 * AccessTokenRevokedError when its sign-in, or everything, has ended; AccessTokenStaleError when its subject changed
 * after it was issued.
 */
export function checkStanding(
  token: { readonly subjectEpoch: number; readonly globalEpoch: number },
  standing: SignInStanding,
): void {
  // Written so that what is not a number refuses: a store of somebody else's may answer anything.
  const { live, subjectEpochNow, globalEpochNow } = standing;
  if (live !== true || subjectEpochNow === null || !(token.globalEpoch >= globalEpochNow)) {
    throw new AccessTokenRevokedError();
  }
  if (!(token.subjectEpoch >= subjectEpochNow)) throw new AccessTokenStaleError();
}
