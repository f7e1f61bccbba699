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
  if (!standing.live || standing.subjectEpochNow === null || token.globalEpoch < standing.globalEpochNow) {
    throw new AccessTokenRevokedError();
  }
  if (token.subjectEpoch < standing.subjectEpochNow) throw new AccessTokenStaleError();
}
