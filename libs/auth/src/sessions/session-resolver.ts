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

/** The longest wait for a poll: after it, the table is read. */
const POLL_PATIENCE_MS = 500;

/**
 * Finds the session of a request: in this process's memory, otherwise in the shared cache, otherwise in the table. The first
 * two can only admit: if a cache speaks against a session, the table is read.
 */
export class SessionResolver {
  constructor(
    private readonly store: SessionStore,
    private readonly codec: SessionTokenCodec,
    private readonly near: SessionNearCache,
    /** Null: the application has no cache. */
    private readonly shared: SharedCache<SessionCacheRecord> | null,
    private readonly activity: SessionActivity,
    /** Null: this process follows no feed. */
    private readonly feed: RevocationFeed | null,
    private readonly maxStalenessMs: number,
    private readonly storeClock: StoreClock,
    private readonly counters: AuthCounters,
  ) {}

  /**
   * The live session of a cookie's value, if it is known without waiting; the same object for as long as it is cached.
   * `undefined`: call `resolve`.
   */
  cached(value: unknown, maxStalenessMs: number | null): SessionRow | undefined {
    // The clocks are read once: that is a large part of the cost of a cached session.
    const at = this.storeClock.moment();
    const near = this.near.find(value, maxStalenessMs, at);
    if (near) this.activity.note(near, this.storeClock.steady(at)!);
    return near?.row;
  }

  /**
   * The live session of a cookie's value. `maxStalenessMs`: the highest age of the data; null: as the options say; 0: read the
   * table. Throws SessionInvalidError, SessionExpiredError, StoreUnavailableError.
   */
  async resolve(value: unknown, maxStalenessMs: number | null): Promise<SessionRow> {
    const token = this.codec.parse(value);
    if (!token) throw new SessionInvalidError();
    if (maxStalenessMs === 0) return this.read(token);
    // One small poll makes a stale feed fresh, for all sessions at once.
    const followed = (await this.feed?.freshen(maxStalenessMs, POLL_PATIENCE_MS)) ?? false;
    const cached = this.cached(value, maxStalenessMs);
    if (cached) return cached;
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

  /** Whether the feed, fresh or not, has a revocation of a session that was read at this instant. */
  private isContradicted(row: SessionRow, readAt: number): boolean {
    if (!this.feed) return false;
    const { index } = this.feed;
    const change = index.changeOf(row.id);
    // A change may be committed a while after its instant: a read in between saw the former state.
    const changed = change !== undefined && !(readAt > change.createdAt + RECORD_LIFE_MS);
    return index.hasEnded(row.id) || changed || !(row.globalEpoch >= index.globalEpoch);
  }

  private async read(token: SessionToken): Promise<SessionRow> {
    const knowing = this.near.knowledge();
    const mark = this.shared?.mark() ?? 0;
    const sent = this.storeClock.moment();
    const reading = await this.store.read(token.sessionId);
    if (!reading || !isHeldBy(reading.row, token)) throw new SessionInvalidError();
    const { row, now, globalEpochNow } = reading;
    this.storeClock.learn(now, sent.monotonic, sent.wall);
    // NaN fails this comparison, so a broken value is refused.
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
