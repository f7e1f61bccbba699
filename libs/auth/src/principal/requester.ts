/** Where a request came from: kept with a sign-in so that its owner can recognise it. */
export interface Requester {
  /** Its address, or null. What is no address becomes null; a port is left out. */
  readonly ip: string | null;
  /** Whether `ip` is a proxy's, which all clients share: limits by address leave it out. Default false. */
  readonly sharesAddress?: boolean;
  /** The `User-Agent` header, or null. Cut to 255 characters, with `?` for what is not printable ASCII. */
  readonly userAgent: string | null;
  /** Milliseconds since the request arrived at this node. Default: since the call it was given to. */
  readonly waitedMs?: () => number;
  /** Whether the client has hung up, so that nothing more should be started for it. Default: never. */
  readonly hasLeft?: () => boolean;
}

export const UNKNOWN_REQUESTER: Requester = { ip: null, userAgent: null };

const MAX_USER_AGENT = 255;

/** A `User-Agent` as it is kept. A client chooses it, so no text is refused. */
export function keptUserAgent(header: string): string {
  return header.slice(0, MAX_USER_AGENT).replace(/[^\x20-\x7e]/g, '?');
}

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
