import type { Announcement } from './announcement.js';

export interface AnnouncementReading {
  /** By ascending id. */
  readonly announcements: readonly Announcement[];
  /** The store's clock, epoch milliseconds. */
  readonly now: number;
}

/**
 * The announcements that other stores write with their changes. A reading sees every announcement that was committed
 * before it was asked for (of the primary, never of a replica) and can still matter; it may have others that can matter no
 * more. An announcement with a newer one of the same kind and value may be gone, but for those of `sign_in` and `token`.
 * Throws StoreUnavailableError.
 */
export abstract class AnnouncementLog {
  /** The first `limit` ones whose id is greater than `after`. */
  abstract readAfter(after: number, limit: number): Promise<AnnouncementReading>;

  /** Those of these ids that are there by now. */
  abstract readOf(ids: readonly number[]): Promise<AnnouncementReading>;
}
