import type { AuthCounts } from './auth-counters.js';

/** The revocation feed as this process has it. */
export interface FeedState {
  readonly entries: number;
  /** Milliseconds since the last poll that succeeded was sent; null before the first. */
  readonly lagMs: number | null;
  /** There is more to keep than `maxEntries`, or more than can be read in time: the tables are asked instead. */
  readonly overflowing: boolean;
  /** `revocation.maxStaleness`: with a greater lag, the feed is not believed. */
  readonly maxStalenessMs: number;
  /** Whether notifications are heard; null: there are none, or their carrier cannot tell. */
  readonly notifierConnected: boolean | null;
}

/** The keys of the issuer, as a resource server has them. */
export interface KeysState {
  /** How many are known. */
  readonly known: number;
  /** Milliseconds since the last question that was answered was sent; null before the first. */
  readonly ageMs: number | null;
  /** Whether the last question was not answered. */
  readonly failing: boolean;
}

/** What a resource server refuses a token with. */
export const REFUSAL_CODES = [
  'AUTH_ACCESS_TOKEN_INVALID',
  'AUTH_ACCESS_TOKEN_EXPIRED',
  'AUTH_ACCESS_TOKEN_REVOKED',
  'AUTH_ACCESS_TOKEN_STALE',
  'AUTH_STORE_UNAVAILABLE',
] as const;

/** How many tokens were refused, by code. */
export type RefusalCounts = Readonly<Record<(typeof REFUSAL_CODES)[number], number>>;

/** What a health check answers. */
export interface Health {
  /** Requests can be judged. */
  readonly isUp: boolean;
  /** Nothing about a person, and nothing secret. */
  readonly details: Readonly<Record<string, unknown>>;
}

/** What health checks and metrics are made of, in an issuer (`AuthStatus`) and in a resource server (`ResourceStatus`). */
export abstract class ProcessStatus {
  /** `revocation.mode`. */
  abstract readonly mode: string;
  /** Since the process started. The object goes on counting. */
  abstract readonly counts: AuthCounts;
  /** How many sessions this process has cached; null: it has none. */
  abstract readonly sessionsCached: number | null;
  /** Tokens that were refused, by code; null: they are not counted. */
  abstract readonly refusals: RefusalCounts | null;

  /** Null in the modes without a feed. */
  abstract feed(): FeedState | null;

  /** Null where no issuer is asked for keys. */
  abstract keys(): KeysState | null;

  /** Whether this process can judge requests. `maxLagMs`: how old the feed may be; null: as the options say. Never throws. */
  abstract health(maxLagMs: number | null): Promise<Health>;

  /**
   * Calls `listener` with the milliseconds from each notification to the poll that knew what it was about; gives its end. Throws
   * TypeError for what is no function.
   */
  abstract onNotificationKnown(listener: (ms: number) => void): () => void;
}

/** Whether a feed is young enough. Written so that what is not a number is not fresh. */
export function isFresh({ lagMs, maxStalenessMs }: FeedState, maxLagMs: number | null): boolean {
  return lagMs !== null && lagMs <= (maxLagMs ?? maxStalenessMs);
}

/** What health checks tell of a feed. */
export function feedDetails({
  lagMs,
  entries,
  overflowing,
  notifierConnected,
}: FeedState): Health['details'] {
  return { lagMs: lagMs === null ? null : Math.round(lagMs), entries, overflowing, notifierConnected };
}
