import { Logger } from '@nestjs/common';
import type { Clock } from '../time/clock.js';
import { isForgetting, keptEvent, type KeptEvent } from './kept-event.js';
import type { SecurityEvent } from './security-event.js';
import { SecurityEventSink } from './security-event-sink.js';
import type { SecurityEventStore } from './security-event-store.js';

/** How many events may wait: some megabytes. */
const CAPACITY = 10_000;
/** Few sizes, so that few statements are prepared. */
const BATCHES = [50, 5, 1] as const;
const PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 30_000;
/** Of one batch, before it is given up: one that can never be written must not keep the others out for ever. */
const MAX_TRIES = 5;

type WaitingEvent = KeptEvent & { readonly recordedAt: number };

/**
 * Writes events to a SecurityEventStore behind the requests that caused them: in batches, up to a second later. While
 * the store is away they wait, and those for which there is no room, or no hope, are counted as lost; the log is told
 * when that begins and when it is over.
 */
export class TableSecurityEventSink extends SecurityEventSink {
  private readonly logger = new Logger('AuthModule');
  private waiting: WaitingEvent[] = [];
  private underWay: readonly WaitingEvent[] = [];
  /** Subjects that were forgotten while events of theirs were being written. */
  private readonly toErase = new Set<string>();
  private running: Promise<void> | undefined;
  private timer: NodeJS.Timeout | undefined;
  private stopped = false;
  /** Of the batch that is next, and of all since the last success. */
  private tries = 0;
  private failures = 0;
  private lost = 0;
  private troubled = false;

  constructor(
    private readonly store: SecurityEventStore,
    private readonly clock: Clock,
  ) {
    super();
  }

  record(event: SecurityEvent): void {
    if (isForgetting(event)) this.forget(event.subject);
    const kept = keptEvent(event, this.clock.now());
    if (!kept) return;
    if (this.waiting.length >= CAPACITY) return this.lose(1, `${CAPACITY} of them wait already`);
    this.waiting.push({ ...kept, recordedAt: this.clock.monotonic() });
    this.arm(PAUSE_MS);
  }

  /** Writes what waits, as far as the store can. Never throws. */
  async flush(): Promise<void> {
    // A run that is under way may have looked for the last time already.
    await this.running;
    this.running ??= this.writeAll().finally(() => (this.running = undefined));
    await this.running;
  }

  /** The last flush: what it cannot write is lost. */
  async stop(): Promise<void> {
    this.stopped = true;
    await this.flush();
    clearTimeout(this.timer);
    const left = this.waiting.splice(0).length;
    if (left > 0) this.lose(left, 'the application has shut down');
    if (this.lost > 0) this.logger.warn(`${this.lost} security events were not written to the table`);
    if (this.toErase.size > 0)
      this.logger.warn('events of a subject that was forgotten may have been written: forget it again');
  }

  private arm(pauseMs: number): void {
    if (this.timer || this.stopped) return;
    this.timer = setTimeout(() => void this.flush(), pauseMs);
    this.timer.unref();
  }

  private async writeAll(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    while (this.waiting.length > 0 || this.toErase.size > 0) {
      try {
        await this.writeBatch();
      } catch {
        // The store has said in the log what is wrong with it.
        this.trouble('the store is away');
        this.failures += 1;
        this.arm(Math.min(PAUSE_MS * 2 ** this.failures, LONGEST_PAUSE_MS));
        return;
      }
      this.failures = 0;
    }
    // A run that had nothing left to write says nothing of the store.
    if (!this.troubled || this.failures > 0) return;
    this.logger.warn(`security events are written again: ${this.lost} were lost`);
    this.troubled = false;
    this.lost = 0;
  }

  private async writeBatch(): Promise<void> {
    for (const subject of this.toErase) {
      await this.store.erase(subject);
      this.toErase.delete(subject);
    }
    const size = BATCHES.find((one) => one <= this.waiting.length);
    if (!size) return;
    const batch = (this.underWay = this.waiting.splice(0, size));
    try {
      const sent = this.clock.monotonic();
      await this.store.append(
        batch.map(({ recordedAt, ...kept }) => ({ ...kept, ageMs: sent - recordedAt })),
      );
      this.tries = 0;
    } catch (error) {
      this.tries += 1;
      if (this.tries < MAX_TRIES) this.waiting.unshift(...batch.filter((kept) => !this.isForgotten(kept)));
      else {
        this.tries = 0;
        this.lose(batch.length, 'the store is away');
      }
      throw error;
    } finally {
      this.underWay = [];
    }
  }

  /** What is under way may be written after the subject's rows were erased. */
  private forget(subject: string): void {
    this.waiting = this.waiting.filter((kept) => kept.subject !== subject);
    if (this.underWay.some((kept) => kept.subject === subject)) this.toErase.add(subject);
  }

  private isForgotten({ subject }: WaitingEvent): boolean {
    return subject !== null && this.toErase.has(subject);
  }

  private lose(count: number, why: string): void {
    this.trouble(why);
    this.lost += count;
  }

  private trouble(why: string): void {
    if (!this.troubled) this.logger.warn(`security events are not written to the table for now: ${why}`);
    this.troubled = true;
  }
}
