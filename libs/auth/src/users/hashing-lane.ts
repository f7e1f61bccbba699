/** A place at the hasher: one of those that all share, or the one that is for known devices. */
export type Turn = 'shared' | 'known';

/** A call that waits for a turn at the hasher. */
export interface Waiting {
  /** Whether the client has hung up. */
  hasLeft(): boolean;
  /** Called once: when its turn has come, or with null when the place was given up. */
  settle(turn: Turn | null): void;
}

/** Calls without an address may be of one client or of many, so they share half of the places. */
const UNKNOWN = '';

/**
 * A bounded line that is fair by address: addresses take turns, and each has few places, so that one of them can neither
 * fill the line nor hold up the others.
 */
export class HashingLane {
  private readonly byAddress = new Map<string, Waiting[]>();
  private length = 0;

  constructor(
    private readonly places: number,
    private readonly placesOfAddress: number,
  ) {}

  /** Whether a call of this address would find a place. Those who have left give theirs up first. */
  hasRoom(address: string | null): boolean {
    if (this.isFree(address)) return true;
    this.dropGone();
    return this.isFree(address);
  }

  /** Joins the line. Call `hasRoom` before. */
  join(address: string | null, waiting: Waiting): void {
    const key = address ?? UNKNOWN;
    const line = this.byAddress.get(key);
    if (line) line.push(waiting);
    else this.byAddress.set(key, [waiting]);
    this.length++;
  }

  /** Leaves the line. */
  leave(waiting: Waiting): void {
    for (const [key, line] of this.byAddress) {
      const at = line.indexOf(waiting);
      if (at !== -1) return this.remove(key, line, at);
    }
  }

  /** Takes the next in turn out of the line: the address whose turn it is goes to the end. */
  next(): Waiting | undefined {
    for (const [key, line] of this.byAddress) {
      const waiting = line[0]!;
      this.byAddress.delete(key);
      this.byAddress.set(key, line);
      this.remove(key, line, 0);
      if (!waiting.hasLeft()) return waiting;
      waiting.settle(null);
    }
    return undefined;
  }

  private isFree(address: string | null): boolean {
    if (this.length >= this.places) return false;
    const most = address === null ? this.places >> 1 : this.placesOfAddress;
    return (this.byAddress.get(address ?? UNKNOWN)?.length ?? 0) < most;
  }

  private dropGone(): void {
    for (const [key, line] of this.byAddress) {
      for (const waiting of line.filter((one) => one.hasLeft())) {
        this.remove(key, line, line.indexOf(waiting));
        waiting.settle(null);
      }
    }
  }

  private remove(key: string, line: Waiting[], at: number): void {
    line.splice(at, 1);
    this.length--;
    if (line.length === 0) this.byAddress.delete(key);
  }
}
