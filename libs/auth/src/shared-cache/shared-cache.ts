import { LRUCache } from 'lru-cache';
import type { AuthCounters } from '../audit/auth-counters.js';
import type { Moment, StoreClock } from '../time/store-clock.js';
import type { CacheCircuitBreaker } from './cache-circuit-breaker.js';
import type { RecordMac } from './record-mac.js';

/** No record is used for longer, whatever staleness a request allows and whatever time to live the cache applies. */
export const RECORD_LIFE_MS = 60_000;
/** How far ahead of this process's idea of it the store's clock may be. */
const AHEAD_MS = 1_000;
const MAX_INVALIDATED = 10_000;
const TOMBSTONE = 'ended';

/** The table's data of a live sign-in, and the time of the read by the store's clock. */
export interface SharedRecord<T> {
  readonly value: T;
  readonly readAt: number;
}

/** The members that records of all kinds have. */
export interface RecordKeeping {
  readonly cache: CacheCircuitBreaker;
  readonly mac: RecordMac;
  readonly issuer: string;
  readonly storeClock: StoreClock;
  readonly counters: AuthCounters;
}

/** An ending that this node knows of: by its own clocks, as the store's may not be known yet. */
interface Invalidation {
  readonly number: number;
  readonly moment: Moment;
}

/** Is called when sign-ins have ended or changed: data that was read before is not used any more. */
export interface InvalidatableCache {
  /** Bounded in time, and never throws. */
  invalidate(id: string): Promise<void>;
  /** Of every sign-in, on this node alone. */
  invalidateAll(): void;
}

/**
 * Records of live sign-ins in the application's cache, for all nodes: positive ones only, each with the time at which it
 * was read inside. One that is absent, ended, unreadable, not ours, from the future or older than asked for is
 * `undefined`: the table is asked. So a cache that loses, keeps or restores records costs queries, and never undoes a revocation.
 */
export class SharedCache<T extends object> implements InvalidatableCache {
  private readonly invalidated = new LRUCache<string, Invalidation>({ max: MAX_INVALIDATED });
  private allInvalidated: Invalidation | undefined;
  private invalidations = 0;

  constructor(
    /** Tells the records of one room from those of another. */
    private readonly kind: string,
    /** Checks a value of the cache; null if it is no such record. */
    private readonly read: (value: unknown) => T | null,
    private readonly keeping: RecordKeeping,
  ) {}

  /** A record that is at most so old. Never throws. */
  async get(id: string, maxStalenessMs: number): Promise<SharedRecord<T> | undefined> {
    const { storeClock, counters } = this.keeping;
    if (!(maxStalenessMs > 0) || storeClock.now() === undefined) return undefined;
    const found = await this.find(id, maxStalenessMs);
    if (found) counters.cacheHits++;
    else counters.cacheMisses++;
    return found;
  }

  private async find(id: string, maxStalenessMs: number): Promise<SharedRecord<T> | undefined> {
    const { cache, mac, storeClock } = this.keeping;
    const key = this.keyOf(id);
    const found = this.opened(mac.open(key, await cache.get(key)));
    if (!found) return undefined;
    // After the answer: the cache may have kept us waiting, and the sign-in may have ended.
    const now = storeClock.now();
    if (now === undefined || !(found.readAt <= now + AHEAD_MS)) return undefined;
    if (!(now - found.readAt <= Math.min(maxStalenessMs, RECORD_LIFE_MS))) return undefined;
    // A store tells whole milliseconds: one more, for the rest of the last.
    const readBefore = ({ moment }: Invalidation) =>
      !(found.readAt > (storeClock.at(moment) ?? Infinity) + 1);
    return this.invalidationsOf(id).some(readBefore) ? undefined : found;
  }

  /** To be taken before the table is read, and given to `put`. */
  mark(): number {
    return this.invalidations;
  }

  /** Stores the data of a live sign-in, unless it has ended here meanwhile. No request waits for it. */
  put(id: string, value: T, readAt: unknown, mark: number): void {
    if (typeof readAt !== 'number' || !Number.isFinite(readAt)) return;
    if (this.invalidationsOf(id).some(({ number }) => number > mark)) return;
    const { cache, mac } = this.keeping;
    const key = this.keyOf(id);
    void cache.set(key, mac.seal(key, { readAt, value }), RECORD_LIFE_MS);
  }

  async invalidate(id: string): Promise<void> {
    this.invalidated.set(id, this.invalidation());
    await this.keeping.cache.set(this.keyOf(id), TOMBSTONE, RECORD_LIFE_MS, true);
  }

  invalidateAll(): void {
    this.allInvalidated = this.invalidation();
  }

  private invalidation(): Invalidation {
    return { number: ++this.invalidations, moment: this.keeping.storeClock.moment() };
  }

  private invalidationsOf(id: string): Invalidation[] {
    return [this.invalidated.get(id), this.allInvalidated].filter((one) => one !== undefined);
  }

  private opened(found: unknown): SharedRecord<T> | undefined {
    if (typeof found !== 'object' || found === null) return undefined;
    const { readAt, value } = found as Readonly<Record<string, unknown>>;
    const read = typeof readAt === 'number' ? this.read(value) : null;
    return read ? { value: read, readAt: readAt as number } : undefined;
  }

  /** Each part that a deployment or a request chose has its length in front, so two different lists never give the same key. */
  private keyOf(id: string): string {
    const { issuer } = this.keeping;
    return `aerie:${this.kind}:${issuer.length}:${issuer}:${id.length}:${id}`;
  }
}
