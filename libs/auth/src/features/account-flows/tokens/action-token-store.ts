import type { ActionPurpose, ActionTokenReading, ActionTokenRow } from './action-token.js';

/** An action token that is to be made. */
export interface NewActionToken extends Pick<
  ActionTokenRow,
  'id' | 'purpose' | 'subject' | 'binding' | 'contextHash' | 'secretHash' | 'kind' | 'askerHash'
> {
  readonly lifetimeMs: number;
}

/** A redeemed token whose request did not finish: the subject's sign-ins are still to be ended. */
export type DueEnding = Pick<ActionTokenRow, 'id' | 'purpose' | 'subject' | 'contextHash'>;

/** How many live tokens of a purpose one subject may have that one asker asked for, or that no asker is kept of. */
export const MOST_LIVE = 3;
/** How many live tokens of a purpose one subject may have in all. */
export const MOST_LIVE_OF_SUBJECT = 30;

/** The links and codes that were mailed. Throws StoreUnavailableError. */
export abstract class ActionTokenStore {
  /**
   * Keeps a new token; one whose `binding` is null gets the subject's present credential version. Ends no other. False:
   * nothing was kept, because the subject has `MOST_LIVE` live tokens of this purpose and asker, or `MOST_LIVE_OF_SUBJECT` of
   * this purpose. The limits do not hold for rescue tokens, and hold for several calls at once.
   *
   * A proving token is not kept either while a redeemed rescue token of the subject owes its ending, unless the rescue token was
   * made for one of `contextHashes`: what proves something goes to the address that is being rescued, and to no other.
   */
  abstract create(token: NewActionToken, contextHashes?: readonly string[]): Promise<boolean>;

  /** The token, live or not. */
  abstract find(id: string): Promise<ActionTokenReading | null>;

  /** The `MOST_LIVE` newest tokens of a purpose that an asker asked for and that have not been spent. */
  abstract ofAsker(purpose: ActionPurpose, askerHash: string): Promise<readonly ActionTokenReading[]>;

  /**
   * Spends a token that is usable: of any number of calls at once, one does. With it end the subject's other tokens of the
   * purpose. A rescue token ends all proving tokens of the subject, and the rescue tokens that were made after it: one that was
   * made before it stays. What those owe is owed no more. `owesEnding`: `due` gives the token after a minute if `settle` was not called for it.
   *
   * @returns whether this call spent it.
   */
  abstract redeem(id: string, owesEnding: boolean): Promise<boolean>;

  /** The ending that a redeemed token owed is done. */
  abstract settle(id: string): Promise<void>;

  /**
   * A redeemed rescue token is good again, since what it is for could not be done. `isDue`: the sweeper is to end the subject's
   * sign-ins all the same. Does nothing to a token that owes nothing.
   */
  abstract reopen(id: string, isDue: boolean): Promise<void>;

  /** Ends every live proving token of a subject, of these purposes. How many. */
  abstract endAll(subject: string, purposes: readonly ActionPurpose[]): Promise<number>;

  /**
   * Up to `limit` endings that are due. Each is given to one caller, and again after a minute if it was not settled. A token
   * that was reopened is spent with it.
   */
  abstract due(limit: number): Promise<readonly DueEnding[]>;

  /** Deletes up to `limit` tokens that have expired; those that owe an ending are kept for 30 days longer. How many. */
  abstract sweep(limit: number): Promise<number>;
}

/** How long after its redeem a token's ending is due, if it was not settled. */
export const ENDING_GRACE_MS = 60_000;
/** When the ending of a token is due that waits for its holder: no sweeper gets it. */
export const NEVER_DUE = Number.MAX_SAFE_INTEGER;
/** How long a token that owes an ending is kept. */
export const OWING_KEPT_MS = 30 * 86_400_000;
