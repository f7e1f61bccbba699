import type { RevocableToken } from '../revocation/revocation-index.js';

/** Tells whether a genuine token of one kind is still good: not revoked, and its sign-in or client has not changed. */
export abstract class RevocationCheck<T> {
  /**
   * Whether it is good, as far as can be told without waiting; false: ask `check`. Throws AccessTokenRevoked- and
   * AccessTokenStaleError. `maxStalenessMs`: how old the knowledge may be; null: as the options say.
   */
  abstract cachedAsGood(token: T, maxStalenessMs: number | null): boolean;

  /** Throws as `check` does for a token that memory knows to have ended, however old its knowledge is. Without memory: nothing. */
  refuseIfKnown(_token: T): void {}

  /** Throws AccessTokenRevoked-, AccessTokenStale- and StoreUnavailableError. */
  abstract check(token: T, maxStalenessMs: number | null): Promise<void>;
}

/** The check of people's access tokens; also its injection token. */
export abstract class AccessTokenCheck extends RevocationCheck<RevocableToken> {}
