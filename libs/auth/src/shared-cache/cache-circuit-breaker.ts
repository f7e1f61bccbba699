import { Logger } from '@nestjs/common';
import type { AuthCounters } from '../audit/auth-counters.js';
import type { Clock } from '../time/clock.js';
import { type TimelyAnswer, withinDeadline } from '../time/deadline.js';
import type { ApplicationCache } from './cache-options.js';

const DEADLINE_MS = 250;
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 30_000;

/**
 * The application's cache behind a deadline. It never throws; after a failure or 250 ms without an answer it is left
 * alone for a second, and for twice as long after each trial that fails as well, up to 30 s.
 */
export class CacheCircuitBreaker {
  private readonly logger = new Logger('AuthModule');
  private failures = 0;
  private pausedUntil = 0;
  private trying = false;

  constructor(
    private readonly cache: ApplicationCache,
    private readonly clock: Pick<Clock, 'monotonic'>,
    private readonly counters: AuthCounters,
  ) {}

  /** The value; `undefined` if the cache has none, or does not answer. */
  async get(key: string): Promise<unknown> {
    if (this.isPaused()) return undefined;
    const answer = await this.ask(() => this.cache.get(key));
    return answer.kind === 'answered' ? answer.value : undefined;
  }

  /** `insistent`: also while it is left alone. Whether it said that it was done, which proves nothing. */
  async set(key: string, value: unknown, ttlMs: number, insistent = false): Promise<boolean> {
    if (!insistent && this.isPaused()) return false;
    return (await this.ask(() => this.cache.set(key, value, ttlMs))).kind === 'answered';
  }

  private isPaused(): boolean {
    if (this.failures === 0) return false;
    // One call tries; the others wait for what comes of it.
    return this.trying || this.clock.monotonic() < this.pausedUntil;
  }

  private async ask(call: () => Promise<unknown>): Promise<TimelyAnswer> {
    const { failures } = this;
    this.trying = true;
    const answer = await withinDeadline(DEADLINE_MS, call);
    if (answer.kind !== 'answered') this.counters.cacheFailures++;
    // Of many calls that were under way together, the first to settle speaks for all.
    if (this.failures === failures) this.noteOutcome(answer.kind === 'answered');
    return answer;
  }

  private noteOutcome(ok: boolean): void {
    this.trying = false;
    if (ok) {
      if (this.failures > 0) this.logger.log('the cache answers again');
      this.failures = 0;
      return;
    }
    if (this.failures === 0) {
      this.logger.warn(
        'the cache failed or was silent for 250 ms: sign-ins are read from the table meanwhile',
      );
    }
    const pause = Math.min(FIRST_PAUSE_MS * 2 ** this.failures, LONGEST_PAUSE_MS);
    this.failures++;
    this.pausedUntil = this.clock.monotonic() + pause;
  }
}
