import { Logger } from '@nestjs/common';
import type { Clock } from '../time/clock.js';
import { classOf, EventAllowance } from './event-allowance.js';
import { EventTimes } from './event-times.js';
import { isOfFeature, type SecurityEvent, SecurityEventSink } from './security-event.js';
import type { SecurityEventStore } from './security-event-store.js';
import { type KeptEvent, type WaitingEvent, WaitingEvents } from './waiting-events.js';
import { timeOrderedUuid } from '../crypto/uuid.js';
import { isSubject } from '../subjects/subject-key.js';

/** Few sizes, so that few statements are prepared. */
const BATCHES = [50, 5, 1] as const;
const PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 30_000;
/** Of a feature's event. */
const MAX_MEMBERS = 20;
/** Of one batch, before it is given up: a batch that can never be written must not keep the later ones out. */
const MAX_TRIES = 5;

/**
 * Writes events to a SecurityEventStore behind the requests that caused them: in batches, up to a second later. While
 * the store is away they wait, and those for which there is no room, or no hope, are counted as lost; the log is told
 * when that begins and when it is over.
 */
export class SecurityEventWriter extends SecurityEventSink {
  private readonly logger = new Logger('AuthModule');
  private readonly waiting = new WaitingEvents();
  private readonly allowance: EventAllowance;
  private readonly times: EventTimes;
  /** Subjects that were forgotten: a batch with events of theirs may have been on its way. */
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
    this.allowance = new EventAllowance(clock);
    this.times = new EventTimes(store, clock);
  }

  record(event: SecurityEvent): void {
    if (isForgetting(event)) this.forget(event.subject);
    const kept = keptEvent(event, this.clock.now());
    if (!kept || !this.allowance.admits(event)) return;
    const waiting = { kept, class: classOf(event), recordedAt: this.clock.monotonic() };
    const full = this.waiting.add(waiting);
    if (full === null) this.arm(PAUSE_MS);
    else this.lose(1, `${full} of them wait already`);
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
    const left = this.waiting.take(this.waiting.size).length;
    if (left > 0) this.lose(left, 'the application has shut down');
    if (this.lost > 0) this.logger.warn(`${this.lost} security events were not written to the table`);
    if (this.toErase.size > 0)
      this.logger.warn('events of a forgotten subject may have been written: call forgetSubject again');
  }

  private arm(pauseMs: number): void {
    if (this.timer || this.stopped) return;
    this.timer = setTimeout(() => void this.flush(), pauseMs);
    this.timer.unref();
  }

  private async writeAll(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    while (this.waiting.size > 0 || this.toErase.size > 0) {
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
    this.times.reset();
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
    const size = BATCHES.find((one) => one <= this.waiting.size);
    if (!size) return;
    const batch = this.waiting.take(size);
    try {
      await this.times.read();
      await this.store.append(
        batch.map(({ kept, recordedAt }) => ({ ...kept, at: this.times.of(recordedAt) })),
      );
      this.tries = 0;
    } catch (error) {
      this.tries += 1;
      if (this.tries < MAX_TRIES) this.waiting.putBack(batch.filter((one) => !this.isForgotten(one)));
      else {
        this.tries = 0;
        this.lose(batch.length, 'the store is away');
      }
      throw error;
    }
  }

  /** A batch of this process may have been written after the subject's rows were erased: they are erased once more. */
  private forget(subject: string): void {
    this.waiting.forget(subject);
    this.toErase.add(subject);
    this.arm(PAUSE_MS);
  }

  private isForgotten({ kept: { subject } }: WaitingEvent): boolean {
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

/** Every refresh of everybody (the family's row has the last one), and every token of every service: they have no reader. */
const NOT_KEPT: ReadonlySet<SecurityEvent['type']> = new Set([
  'token_rotated',
  'token_replayed',
  'service_token_issued',
]);

/** Whether the event tells that a subject was forgotten: nothing may be kept of it from here on. */
function isForgetting(event: SecurityEvent): event is Extract<SecurityEvent, { type: 'subject_ended' }> {
  return event.type === 'subject_ended' && event.reason === 'forgotten';
}

/** A token or a client that we did not make. Strangers can send any number of them, and none belongs to a subject. */
function isOfStranger(event: SecurityEvent): boolean {
  if (event.type === 'refresh_refused') return event.reason === 'malformed';
  return event.type === 'client_refused' && event.clientId === null;
}

/** What is kept of an event, fit for its columns; null when it is not kept. That somebody was forgotten is kept without a name. */
export function keptEvent(event: SecurityEvent, now: number): KeptEvent | null {
  if (NOT_KEPT.has(event.type) || isOfStranger(event)) return null;
  const { type, ...members } = event;
  const { subject, signInId, reason, ip, userAgent, ...detail } = members as Record<string, unknown>;
  return {
    id: timeOrderedUuid(now),
    type: fitting(type, 40) as SecurityEvent['type'],
    subject: isSubject(subject) && !isForgetting(event) ? subject : null,
    signInId: fitting(signInId, 36),
    reason: fitting(reason, 255),
    ip: fitting(ip, 45),
    userAgent: fitting(userAgent, 255),
    detail: isOfFeature(event) ? fittingDetail(detail) : detail,
  };
}

/** The members of a feature's event that are plain, the first of them, each fit for a column of texts. */
function fittingDetail(detail: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const plain = Object.entries(detail).flatMap(([name, value]) => {
    if (typeof value === 'string') return [[name, fitting(value, 255)]];
    return typeof value === 'number' || typeof value === 'boolean' || value === null ? [[name, value]] : [];
  });
  return Object.fromEntries(plain.slice(0, MAX_MEMBERS)) as Record<string, unknown>;
}

/** One text that a database refuses would keep the others of its batch out. */
function fitting(value: unknown, length: number): string | null {
  if (typeof value !== 'string') return null;
  return value.replaceAll('\0', '').slice(0, length).toWellFormed();
}
