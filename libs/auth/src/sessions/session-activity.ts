import { Logger } from '@nestjs/common';
import type { NearSession } from './near-sessions.js';
import type { ResolvedSessionOptions } from './session-options.js';
import type { SessionStore } from './session-store.js';

/** So many writes under way at once: a database that is slow is not asked for more. */
const MAX_WRITING = 10_000;

/**
 * Keeps the idle limit of sessions moving. An activity is written behind the answer, at most once in `touchInterval`
 * for each session: it never delays or fails a request.
 */
export class SessionActivity {
  private readonly logger = new Logger('AuthModule');
  /** Writes that have not come back yet. */
  private readonly writing = new Map<string, Promise<void>>();

  constructor(
    private readonly store: SessionStore,
    private readonly options: ResolvedSessionOptions,
  ) {}

  /** A request came at the instant `at` of the store's clock. */
  note(session: NearSession, at: number): void {
    const { idleMs, touchIntervalMs } = this.options;
    const { id, expiresAt } = session.row;
    if (at - session.seenAt < touchIntervalMs || this.writing.has(id) || this.writing.size >= MAX_WRITING)
      return;
    const instant = Math.floor(at);
    const idleExpiresAt = instant + idleMs + touchIntervalMs;
    const write = this.store
      .touch(id, instant, idleExpiresAt)
      .then(() => {
        session.seenAt = Math.max(session.seenAt, instant);
        session.idleExpiresAt = Math.max(session.idleExpiresAt, Math.min(expiresAt, idleExpiresAt));
      })
      .catch((error: unknown) => {
        this.logger.warn(
          `an activity was not written: ${error instanceof Error ? error.message : 'unknown'}`,
        );
      })
      .finally(() => this.writing.delete(id));
    this.writing.set(id, write);
  }

  /** Waits for activity that is still being written. */
  async flush(): Promise<void> {
    await Promise.all(this.writing.values());
  }
}
