/** The origin of a request. A sign-in keeps it, so that its owner can recognise it. */
export interface Requester {
  /** The client's address, or null. A value that is no address becomes null; a port is removed. */
  readonly ip: string | null;
  /** Whether `ip` is a proxy's address, which all clients share: limits by address ignore it. Default false. */
  readonly sharesAddress?: boolean;
  /** The `User-Agent` header, or null. Cut to 255 characters, with `?` for what is not printable ASCII. */
  readonly userAgent: string | null;
  /**
   * The text of the device cookie (`__Host-device`), by which a sign-in knows a device that its user signed in with before.
   * Default: none, so the device counts as never seen.
   */
  readonly device?: string;
  /** Whether `device` proved to be one that the user signed in with before. The module sets it; given by others it means nothing. */
  readonly isKnownDevice?: boolean;
  /** Milliseconds since the request arrived at this node. Default: since the call that gets this requester. */
  readonly waitedMs?: () => number;
  /** Whether the client has hung up, so that no more work is started for it. Default: never. */
  readonly hasLeft?: () => boolean;
}

export const UNKNOWN_REQUESTER: Requester = { ip: null, userAgent: null };

const MAX_USER_AGENT = 255;

/** A `User-Agent` as it is stored. The client chooses it, so no text is refused. */
export function keptUserAgent(header: string): string {
  return header.slice(0, MAX_USER_AGENT).replace(/[^\x20-\x7e]/g, '?');
}

/** Longer than any request waits here before it is given up: a slow request gains no age. */
const MAX_WAIT_MS = 15_000;

/** Milliseconds that a request has waited in this node since an instant of the monotonic clock. */
export function waitingSince(arrived: number): () => number {
  return () => Math.min(performance.now() - arrived, MAX_WAIT_MS);
}

/** The requester of a call that begins now: waiting after this point never makes a retry look old. */
export function arriving(requester: Requester = UNKNOWN_REQUESTER): Requester {
  if (requester.waitedMs) return requester;
  return { ...requester, waitedMs: waitingSince(performance.now()) };
}
