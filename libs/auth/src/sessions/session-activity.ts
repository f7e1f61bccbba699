import { Logger } from '@nestjs/common';
import type { Clock } from '../time/clock.js';
import type { NearSession } from './session-near-cache.js';
import type { ResolvedSessionOptions } from './session-options.js';
import type { SessionStore } from './session-store.js';
import { failureMessage } from '../errors/failure-message.js';

/** The highest number of writes at once: a slow database gets no more. */
const MAX_WRITING = 10_000;
/** The pause after a failed write: a read-only database would otherwise get a write with every request. */
const PAUSE_MS = 1_000;

/**
 * Moves the idle limit of sessions. An activity is written after the response, at most once in `touchInterval` for each
 * session: it never delays or fails a request.
 */
export class SessionActivity {
  private readonly logger = new Logger('AuthModule');
  /** Writes that are still running. */
  private readonly writing = new Map<string, Promise<void>>();
  private pausedUntil = -Infinity;
  private failing = false;

  constructor(
    private readonly store: SessionStore,
    private readonly options: ResolvedSessionOptions,
    private readonly clock: Pick<Clock, 'monotonic'>,
  ) {}

  /** A request came at the instant `at` of the store's clock. */
  note(session: NearSession, at: number): void {
    const { idleMs, touchIntervalMs } = this.options;
    const { id, expiresAt } = session.row;
    if (at - session.seenAt < touchIntervalMs || this.writing.has(id) || this.writing.size >= MAX_WRITING)
      return;
    if (this.clock.monotonic() < this.pausedUntil) return;
    const instant = Math.floor(at);
    const idleExpiresAt = instant + idleMs + touchIntervalMs;
    const write = this.store
      .touch(id, instant, idleExpiresAt)
      .then(() => {
        this.failing = false;
        session.seenAt = Math.max(session.seenAt, instant);
        session.idleExpiresAt = Math.max(session.idleExpiresAt, Math.min(expiresAt, idleExpiresAt));
      })
      .catch((error: unknown) => {
        this.pausedUntil = this.clock.monotonic() + PAUSE_MS;
        if (this.failing) return;
        this.failing = true;
        const why = failureMessage(error);
        this.logger.warn(`activities of sessions are not written: ${why}`);
      })
      .finally(() => this.writing.delete(id));
    this.writing.set(id, write);
  }

  /** Waits for activity that is still being written. */
  async flush(): Promise<void> {
    await Promise.all(this.writing.values());
  }
}
