/** What bounds a feed: how often it reads, how old its knowledge may be, and how much it keeps. */
export interface FeedLimits {
  readonly pollIntervalMs: number;
  readonly maxStalenessMs: number;
  readonly maxEntries: number;
}

/** The state of a feed. */
export interface FeedStatus {
  readonly entries: number;
  /** Milliseconds since the last poll that succeeded was sent; null before the first. */
  readonly lagMs: number | null;
  /** There is more to keep than `maxEntries`, or more than can be read in time: the tables are asked instead. */
  readonly overflowing: boolean;
}

/** What an operator is told when the feed is no longer relied on. */
export function overflowWarning(why: 'too_many' | 'too_slow', maxEntries: number): string {
  const what =
    why === 'too_many'
      ? `there are more than ${maxEntries} revocations (revocation.maxEntries)`
      : 'reading every revocation takes too long for "revocation.maxStaleness"';
  return `${what}: the tables are asked for every request until that has changed`;
}
