import type { AuthCounters } from '../audit/auth-counters.js';
import { equalInConstantTime } from '../crypto/constant-time.js';
import { SessionExpiredError, SessionInvalidError } from '../errors/auth-error.js';
import type { RevocationFeed } from '../revocation/revocation-feed.js';
import { RECORD_LIFE_MS, type SharedCache } from '../shared-cache/shared-cache.js';
import type { StoreClock } from '../time/store-clock.js';
import type { SessionNearCache } from './session-near-cache.js';
import type { SessionActivity } from './session-activity.js';
import type { SessionReading, SessionRow, SessionStore } from './session-store.js';
import type { SessionToken, SessionTokenCodec } from './session-token.js';
import { type SessionCacheRecord, sharedSessionOf } from './session-cache-record.js';

/** A poll is waited for no longer: the table answers for itself. */
const POLL_PATIENCE_MS = 500;

/**
 * Where a request finds its session: in this process's memory, else in the shared cache, else in the table. The first
 * two only ever admit; whatever seems to speak against a session is asked of the table.
 */
export class SessionResolver {
  constructor(
    private readonly store: SessionStore,
    private readonly codec: SessionTokenCodec,
    private readonly near: SessionNearCache,
    /** Null: the application has no cache. */
    private readonly shared: SharedCache<SessionCacheRecord> | null,
    private readonly activity: SessionActivity,
    /** Null: nobody follows the changes. */
    private readonly feed: RevocationFeed | null,
    private readonly maxStalenessMs: number,
    private readonly storeClock: StoreClock,
    private readonly counters: AuthCounters,
  ) {}

  /**
   * The live session of a cookie's value, if that can be told without waiting; the same object for as long as it is
   * remembered. `undefined`: ask `resolve`.
   */
  cached(value: unknown, maxStalenessMs: number | null): SessionRow | undefined {
    // The clocks are asked once: that is a good part of what a remembered session costs.
    const at = this.storeClock.moment();
    const near = this.near.find(value, maxStalenessMs, at);
    if (near) this.activity.note(near, this.storeClock.steady(at)!);
    return near?.row;
  }

  /**
   * The live session of a cookie's value. `maxStalenessMs`: how old the knowledge may be; null: as the options say; 0: the
   * table. Throws SessionInvalidError, SessionExpiredError, StoreUnavailableError.
   */
  async resolve(value: unknown, maxStalenessMs: number | null): Promise<SessionRow> {
    const token = this.codec.parse(value);
    if (!token) throw new SessionInvalidError();
    if (maxStalenessMs === 0) return this.read(token);
    // What is stale can be made fresh, for all sessions at once, by one small poll.
    const followed = (await this.feed?.freshen(maxStalenessMs, POLL_PATIENCE_MS)) ?? false;
    const known = this.cached(value, maxStalenessMs);
    if (known) return known;
    this.counters.nearMisses++;
    const believedMs = followed ? RECORD_LIFE_MS : (maxStalenessMs ?? this.maxStalenessMs);
    return (await this.share(token, believedMs)) ?? this.read(token);
  }

  /** The session as another node has read it, if nothing speaks against it. */
  private async share(token: SessionToken, believedMs: number): Promise<SessionRow | undefined> {
    const knowing = this.near.knowledge();
    const record = await this.shared?.get(token.sessionId, believedMs);
    if (!record || record.value.id !== token.sessionId || !isHeldBy(record.value, token)) return undefined;
    const { value: row, readAt } = record;
    const now = this.storeClock.now() ?? Number.NaN;
    if (!(now < row.expiresAt && now < row.idleExpiresAt)) return undefined;
    if (this.isContradicted(row, readAt)) return undefined;
    const near = this.near.keep(token.token, { row, now: readAt }, knowing);
    this.activity.note(near, this.storeClock.steady()!);
    return row;
  }

  /** Whether the feed, fresh or not, tells anything against what was read at this instant. */
  private isContradicted(row: SessionRow, readAt: number): boolean {
    if (!this.feed) return false;
    const { set } = this.feed;
    const change = set.changeOf(row.id);
    // A change may be committed a while after its instant: what was read in between is of before.
    const changed = change !== undefined && !(readAt > change.createdAt + RECORD_LIFE_MS);
    return set.hasEnded(row.id) || changed || !(row.globalEpoch >= set.globalEpoch);
  }

  private async read(token: SessionToken): Promise<SessionRow> {
    const knowing = this.near.knowledge();
    const mark = this.shared?.mark() ?? 0;
    const sent = this.storeClock.moment();
    const reading = await this.store.read(token.sessionId);
    if (!reading || !isHeldBy(reading.row, token)) throw new SessionInvalidError();
    const { row, now, globalEpochNow } = reading;
    this.storeClock.learn(now, sent.monotonic, sent.wall);
    // Written so that what is not a number refuses.
    if (row.revokedAt !== null || !(row.globalEpoch >= globalEpochNow)) throw new SessionInvalidError();
    if (!(now < row.expiresAt && now < row.idleExpiresAt)) throw new SessionExpiredError();
    const near = this.near.keep(token.token, reading, knowing);
    this.publish(reading, mark);
    this.activity.note(near, now + (this.storeClock.moment().monotonic - sent.monotonic));
    return row;
  }

  private publish(reading: SessionReading, mark: number): void {
    const shared = this.shared && sharedSessionOf(reading);
    if (shared) this.shared!.put(shared.id, shared, reading.now, mark);
  }
}

function isHeldBy(row: SessionRow, token: SessionToken): boolean {
  return equalInConstantTime(Buffer.from(row.secretHash, 'hex'), Buffer.from(token.secretHash, 'hex'));
}
