import { Logger } from '@nestjs/common';
import type { AuthCounters } from '../audit/auth-counters.js';
import { StoreUnavailableError } from '../errors/auth-error.js';
import type { Clock } from '../time/clock.js';
import { type Moment, msBetween, type StoreClock } from '../time/store-clock.js';
import { withinDeadline } from '../time/deadline.js';
import type { OwnRevocationEvent } from './revocation-event.js';
import type { RevocationLogReader } from './revocation-log-reader.js';
import type { RevocationLogReading } from './revocation-log.js';
import { type FeedLimits, type FeedStatus, overflowWarning } from './feed-status.js';
import { NotifiedPolls } from './notified-polls.js';
import { NotificationLatency } from './notification-latency.js';
import type { RevocationNotifier } from './revocation-notifier.js';
import { RevocationIndex } from './revocation-index.js';
import { failureMessage } from '../errors/failure-message.js';

const PRUNE_MS = 30_000;
const OVERFLOW_RETRY_MS = 30_000;
/** How soon after a poll that failed a request may have another one sent. */
const FAILED_RETRY_MS = 100;

/** When a question was sent, by both clocks of this process, and after how many changes of its own. */
interface Sent extends Moment {
  readonly changes: number;
}

/**
 * Keeps every revocation that still matters in the memory of this process, by polling; a notification makes the next poll
 * come at once. A caller that decides by `index` asks first whether it is fresh: an outage must not pass for
 * silence.
 */
export class RevocationFeed {
  readonly index = new RevocationIndex();
  private readonly logger = new Logger('AuthModule');
  private lastSent: Sent | null = null;
  /** When the answer to that was learnt: reading everything may take longer than knowledge may be old. */
  private lastLearnt: Moment | null = null;
  private failedAt = -Infinity;
  /** Whether the last poll failed. */
  failing = false;
  private overflowedAt: number | null = null;
  private prunedAt = 0;
  /** Changes of this process that its memory was not told of; a poll knows of those that came before it was sent. */
  private changes = 0;
  private polling: Promise<void> | undefined;
  private timer: NodeJS.Timeout | undefined;
  private readonly timing: NotificationLatency;
  private readonly notified: NotifiedPolls;
  private stopped = false;
  private loads = 0;

  constructor(
    private readonly reader: RevocationLogReader,
    private readonly limits: FeedLimits,
    private readonly clock: Clock,
    private readonly storeClock: StoreClock,
    private readonly notifier: RevocationNotifier | null,
    private readonly counters: AuthCounters,
  ) {
    this.timing = new NotificationLatency(clock, counters);
    this.notified = new NotifiedPolls(
      clock,
      () => this.polling,
      () => this.poll(),
    );
  }

  /** Counts full reads after an outage: data that was cached before such a read must be dropped. */
  get version(): number {
    return this.loads;
  }

  /** Loads everything, and keeps polling, also if the load failed. Throws StoreUnavailableError. */
  async start(): Promise<void> {
    this.notifier?.listen(() => this.heard());
    try {
      await this.poll();
    } finally {
      this.schedule();
    }
  }

  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    this.notified.stop();
    await this.notifier?.stop();
    await this.polling?.catch(() => undefined);
  }

  /** Whether every revocation is known that was committed until `maxStalenessMs` ago, and by this process at all. `at`: now. */
  isFresh(maxStalenessMs: number | null = null, at: Moment = this.storeClock.moment()): boolean {
    return this.knows(this.changes, maxStalenessMs, at);
  }

  private knows(changes: number, maxStalenessMs: number | null, at: Moment): boolean {
    const sent = this.lastSent;
    if (sent === null || !(sent.changes >= changes) || this.overflowedAt !== null) return false;
    return msBetween(sent, at) <= (maxStalenessMs ?? this.limits.maxStalenessMs);
  }

  /**
   * Polls, unless it is fresh, or failed a moment ago. Whether it then knows what had changed when it was asked; changes
   * since then are no reason to wait again. `patienceMs`: who has somewhere else to ask waits no longer than this, and not
   * at all while polls fail or the feed overflows; null: to the end of the poll.
   */
  async freshen(maxStalenessMs: number | null = null, patienceMs: number | null = null): Promise<boolean> {
    const { changes } = this;
    const isFresh = (): boolean => this.knows(changes, maxStalenessMs, this.storeClock.moment());
    if (isFresh()) return true;
    if (patienceMs === null) await this.pollUnless(isFresh);
    else if (!this.failing && this.overflowedAt === null)
      await withinDeadline(patienceMs, () => this.pollUnless(isFresh));
    return isFresh();
  }

  /**
   * This process has committed a change, and its store does not tell which: its own requests wait until it is known here,
   * other nodes hear of it.
   */
  changedHere(): void {
    this.revokedHere([]);
  }

  /**
   * This process has committed what these say: it knows that from now on, other nodes hear of it. With none it is a
   * transaction of the application's that says something, and commits later: only a poll can tell.
   */
  revokedHere(revocations: readonly OwnRevocationEvent[]): void {
    const createdAt = this.storeClock.now();
    const isTold = revocations.length > 0 && createdAt !== undefined && this.overflowedAt === null;
    // The index is empty, so everything must be read, by a poll that is sent after this.
    if (!isTold) this.changes++;
    else
      for (const { lifeMs, ...said } of revocations)
        this.index.add({ ...said, id: 0, createdAt, expiresAt: createdAt + lifeMs });
    this.notifier?.send();
    if (this.notifier) this.counters.notificationsSent++;
    this.pollSoon();
  }

  /** Rejects if the poll under way fails; else it never comes to an end. Throws StoreUnavailableError. */
  async pollFailure(): Promise<never> {
    await this.polling?.catch((cause: unknown) => {
      throw new StoreUnavailableError({ cause });
    });
    return new Promise<never>(() => undefined);
  }

  status(): FeedStatus {
    const lagMs = this.lastSent === null ? null : msBetween(this.lastSent, this.storeClock.moment());
    return { entries: this.index.size, lagMs, overflowing: this.overflowedAt !== null };
  }

  /** Another node has committed a change. */
  private heard(): void {
    this.timing.heard();
    this.pollSoon();
  }

  private pollSoon(): void {
    if (!this.stopped && !this.isOverflowing()) this.notified.ask();
  }

  private schedule(): void {
    if (this.stopped) return;
    // Spread a little, so that nodes that started together do not poll together.
    const wait = this.limits.pollIntervalMs * (0.95 + Math.random() / 20);
    this.timer = setTimeout(() => {
      const poll = this.isOverflowing() ? Promise.resolve() : this.poll();
      void poll.catch(() => undefined).finally(() => this.schedule());
    }, wait).unref();
  }

  /** Also when it is stopped: an application answers its last requests after that. */
  private async pollUnless(isFresh: () => boolean): Promise<void> {
    // The poll under way may have been sent too early.
    await this.polling?.catch(() => undefined);
    if (isFresh() || this.isOff()) return;
    await this.poll().catch(() => undefined);
  }

  private poll(): Promise<void> {
    this.polling ??= this.read().finally(() => (this.polling = undefined));
    return this.polling;
  }

  private async read(): Promise<void> {
    const sent = { ...this.storeClock.moment(), changes: this.changes };
    this.notified.started(sent.monotonic);
    const away = this.lastLearnt !== null && msBetween(this.lastLearnt, sent) > this.limits.maxStalenessMs;
    if (away || this.failing) this.reader.startAgain();
    try {
      const reading = await this.reader.read();
      if (typeof reading === 'string') this.overflow(reading);
      else this.learn(reading, sent, away);
      this.notified.ended();
      this.counters.polls++;
    } catch (error) {
      this.counters.pollFailures++;
      this.failedAt = this.clock.monotonic();
      if (!this.failing)
        this.logger.warn(`the revocation feed cannot be read, and gets stale: ${failureMessage(error)}`);
      this.failing = true;
      throw error;
    }
  }

  private learn({ revocations, now }: RevocationLogReading, sent: Sent, away: boolean): void {
    for (const revocation of revocations) if (revocation.expiresAt > now) this.index.add(revocation);
    if (this.index.size > this.limits.maxEntries) return this.overflow('too_many');
    if (away) this.loads++;
    this.storeClock.learn(now, sent.monotonic, sent.wall);
    if (sent.monotonic - this.prunedAt > PRUNE_MS) {
      this.index.prune(now);
      this.prunedAt = sent.monotonic;
    }
    this.lastSent = sent;
    this.lastLearnt = this.storeClock.moment();
    this.timing.answered(sent.monotonic);
    if (this.failing || this.overflowedAt !== null) this.logger.log('the revocation feed is fresh again');
    this.failing = false;
    this.overflowedAt = null;
  }

  /** Single revocations are never dropped: if there are too many, the whole index is not used any more. */
  private overflow(why: 'too_many' | 'too_slow'): void {
    if (this.overflowedAt === null) this.logger.warn(overflowWarning(why, this.limits.maxEntries));
    this.overflowedAt = this.clock.monotonic();
    this.timing.forget();
    this.index.clear();
    this.reader.startAgain();
    this.failing = false;
    this.loads++;
  }

  /** There was too much a moment ago. */
  private isOverflowing(): boolean {
    return this.overflowedAt !== null && this.clock.monotonic() - this.overflowedAt < OVERFLOW_RETRY_MS;
  }

  /** The same, or a poll failed a moment ago. */
  private isOff(): boolean {
    const retryMs = Math.min(FAILED_RETRY_MS, this.limits.pollIntervalMs);
    const justFailed = this.clock.monotonic() - this.failedAt < retryMs;
    return this.isOverflowing() || (this.failing && justFailed);
  }
}
