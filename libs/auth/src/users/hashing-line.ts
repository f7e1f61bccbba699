import { PasswordsBusyError } from '../errors/busy-error.js';
import { addressPrefix } from '../principal/address-prefix.js';
import type { Requester } from '../principal/requester.js';
import { HashingLane, type Turn, type Waiting } from './hashing-lane.js';

/** The purpose of a hash: `check` for sign-ins, `make` for registrations. */
export type HashingPurpose = 'check' | 'make';

/** Sign-ins on devices that their user signed in with before have a lane of their own. */
type Lane = HashingPurpose | 'known';
const LANES: readonly Lane[] = ['known', 'check', 'make'];

/** Of sign-ins, half on known devices and half on others; and of registrations. */
const PLACES = 64;
const PLACES_OF_ADDRESS = 2;
const LONGEST_WAIT_MS = 5_000;
/** libuv's own default and limit. */
const DEFAULT_THREADS = 4;
const MOST_THREADS = 1_024;

/**
 * How many passwords are hashed at a time: two fewer than libuv's pool has threads, and at least one. Signatures of tokens,
 * DNS and files share that pool, and hashes must leave threads to them.
 */
export function hashesAtOnce(threadPoolSize: string | undefined): number {
  const asked = threadPoolSize === undefined ? DEFAULT_THREADS : Number.parseInt(threadPoolSize, 10) || 1;
  return Math.max(1, Math.min(asked, MOST_THREADS) - 2);
}

/**
 * The line in front of the hasher. Sign-ins on known devices, other sign-ins and registrations wait in lanes of their own,
 * which take turns. Beside them one sign-in on a known device is hashed at a time, so that a flood of strangers holds up no
 * user on their own device. Within a lane, addresses take turns. A call that finds no place, or no turn within five seconds,
 * is refused.
 */
export class HashingLine {
  private readonly lanes: Readonly<Record<Lane, HashingLane>> = {
    known: new HashingLane(PLACES / 2, PLACES_OF_ADDRESS),
    check: new HashingLane(PLACES / 2, PLACES_OF_ADDRESS),
    make: new HashingLane(PLACES, PLACES_OF_ADDRESS),
  };
  private running = 0;
  private knownRuns = false;
  private turnOf = 0;

  constructor(private readonly atOnce: number) {}

  /** Whether a call would be let in now, or find a place to wait. A device that may yet prove to be known may have either. */
  hasRoom(purpose: HashingPurpose, requester: Requester): boolean {
    if (this.running < this.atOnce) return true;
    const address = addressOf(requester);
    if (this.lanes[laneOf(purpose, requester)].hasRoom(address)) return true;
    return purpose === 'check' && requester.device !== undefined && this.lanes.known.hasRoom(address);
  }

  /** What `hash` gives, once its turn has come. Throws PasswordsBusyError. */
  async pass<T>(purpose: HashingPurpose, requester: Requester, hash: () => Promise<T>): Promise<T> {
    const turn = this.begin(laneOf(purpose, requester)) ?? (await this.turn(purpose, requester));
    try {
      return await hash();
    } finally {
      if (turn === 'shared') this.running--;
      else this.knownRuns = false;
      this.letIn();
    }
  }

  /** A turn without waiting; null: there is none. */
  private begin(lane: Lane): Turn | null {
    if (this.running < this.atOnce) {
      this.running++;
      return 'shared';
    }
    if (lane !== 'known' || this.knownRuns) return null;
    this.knownRuns = true;
    return 'known';
  }

  private turn(purpose: HashingPurpose, requester: Requester): Promise<Turn> {
    const lane = this.lanes[laneOf(purpose, requester)];
    const address = addressOf(requester);
    if (!lane.hasRoom(address)) return Promise.reject(new PasswordsBusyError());
    return new Promise((resolve, reject) => {
      const waiting: Waiting = {
        hasLeft: () => requester.hasLeft?.() === true,
        settle: (turn) => {
          clearTimeout(timer);
          if (turn) resolve(turn);
          else reject(new PasswordsBusyError());
        },
      };
      const timer = setTimeout(() => {
        lane.leave(waiting);
        waiting.settle(null);
      }, LONGEST_WAIT_MS);
      lane.join(address, waiting);
    });
  }

  /** The place passes on in this turn of the event loop, so a later call does not get ahead of those that wait. */
  private letIn(): void {
    while (this.running < this.atOnce) {
      let next: Waiting | undefined;
      for (let tried = 0; tried < LANES.length && !next; tried++) {
        next = this.lanes[LANES[this.turnOf]!].next();
        this.turnOf = (this.turnOf + 1) % LANES.length;
      }
      if (!next) return;
      this.running++;
      next.settle('shared');
    }
    const known = this.knownRuns ? undefined : this.lanes.known.next();
    if (!known) return;
    this.knownRuns = true;
    known.settle('known');
  }
}

function laneOf(purpose: HashingPurpose, { isKnownDevice }: Requester): Lane {
  return purpose === 'check' && isKnownDevice ? 'known' : purpose;
}

function addressOf({ ip, sharesAddress }: Requester): string | null {
  return sharesAddress ? null : addressPrefix(ip);
}
