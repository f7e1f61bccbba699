import { SignInLimitError } from '../errors/auth-error.js';

/** A sign-in that was opened. Instants are epoch milliseconds of the store's clock. */
export interface Opened {
  readonly opened: true;
  readonly now: number;
  readonly idleExpiresAt: number;
  readonly expiresAt: number;
  /** Ids of the sign-ins that the subject's limit has ended for it, the oldest first. */
  readonly ended: readonly string[];
}

/** What came of opening a sign-in under an epoch, and under a limit where one is given. */
export type OpeningOutcome =
  | Opened
  /**
   * Nothing was written. `changed`: the subject changed since its epoch was read, which is looked at first. `limit`: it has
   * as many live sign-ins as it may have.
   */
  | { readonly opened: false; readonly reason: 'changed' | 'limit' };

/** `undefined` when the subject changed. Throws SignInLimitError. */
export function openedUnlessChanged(outcome: OpeningOutcome): Opened | undefined {
  if (outcome.opened) return outcome;
  if (outcome.reason === 'limit') throw new SignInLimitError();
  return undefined;
}
