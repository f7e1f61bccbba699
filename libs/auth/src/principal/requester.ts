/** Where a request came from: kept with a sign-in so that its owner can recognise it. */
export interface Requester {
  /** At most 45 characters (an IPv6 address), or null. */
  readonly ip: string | null;
  /** Printable ASCII, at most 255 characters, or null. */
  readonly userAgent: string | null;
  /** Milliseconds since the request arrived at this node. Default: none. */
  readonly waitedMs?: () => number;
  /** Whether the client has hung up, so that nothing more should be started for it. Default: never. */
  readonly hasLeft?: () => boolean;
}

export const UNKNOWN_REQUESTER: Requester = { ip: null, userAgent: null };
