/** Where a request came from: kept with a sign-in so that its owner can recognise it. */
export interface Requester {
  /** At most 45 characters (an IPv6 address), or null. */
  readonly ip: string | null;
  /** Whether `ip` is a proxy's, which all clients share: limits by address leave it out. Default false. */
  readonly sharesAddress?: boolean;
  /** Printable ASCII, at most 255 characters, or null. */
  readonly userAgent: string | null;
  /** Milliseconds since the request arrived at this node. Default: since the call it was given to. */
  readonly waitedMs?: () => number;
  /** Whether the client has hung up, so that nothing more should be started for it. Default: never. */
  readonly hasLeft?: () => boolean;
}

export const UNKNOWN_REQUESTER: Requester = { ip: null, userAgent: null };

/** More than we ever make a request wait before we give it up: nobody gains age by being slow. */
const MAX_WAIT_MS = 15_000;

/** Milliseconds that a request has waited in this node since an instant of the monotonic clock. */
export function waitingSince(arrived: number): () => number {
  return () => Math.min(performance.now() - arrived, MAX_WAIT_MS);
}

/** The requester of a call that begins now: what it waits for from here on never makes a retry look old. */
export function arriving(requester: Requester = UNKNOWN_REQUESTER): Requester {
  if (requester.waitedMs) return requester;
  return { ...requester, waitedMs: waitingSince(performance.now()) };
}
