import type { RevocationEvent } from './revocation-event.js';

/**
 * Revocations and the store's clock, from one read.
 */
export interface RevocationLogReading {
  /** By ascending id. */
  readonly revocations: readonly RevocationEvent[];
  /** The store's clock, epoch milliseconds. */
  readonly now: number;
}

/**
 * The revocations that other stores write with their changes. A reading sees every revocation that was committed
 * before it was asked for (of the primary, never of a replica) and can still matter; it may have others that can matter no
 * more. A revocation with a newer one of the same kind and value may be gone, but for those of `sign_in` and `token`.
 * Throws StoreUnavailableError.
 */
export abstract class RevocationLog {
  /** The first `limit` ones whose id is greater than `after`. */
  abstract readAfter(after: number, limit: number): Promise<RevocationLogReading>;

  /** Those of these ids that are there by now. */
  abstract readOf(ids: readonly number[]): Promise<RevocationLogReading>;
}
