import type { Clock } from '../time/clock.js';

/** Polls that notifications ask for are at least this far apart, and as far as the last one took. */
const PAUSE_MS = 5;

/** Polls that come at once rather than when their time has come: bursts of notifications cost a bounded number of them. */
export class NotifiedPolls {
  private timer: NodeJS.Timeout | undefined;
  private startedAt = -Infinity;
  private tookMs = 0;

  constructor(
    private readonly clock: Pick<Clock, 'monotonic'>,
    /** The poll under way, which may have been sent before the change was committed. */
    private readonly underWay: () => Promise<void> | undefined,
    private readonly poll: () => Promise<void>,
  ) {}

  started(at: number): void {
    this.startedAt = at;
  }

  ended(): void {
    this.tookMs = this.clock.monotonic() - this.startedAt;
  }

  ask(): void {
    if (this.timer) return;
    const pause = this.startedAt + this.tookMs + Math.max(PAUSE_MS, this.tookMs) - this.clock.monotonic();
    const poll = (): void => {
      this.timer = undefined;
      const after = this.underWay() ?? Promise.resolve();
      void after.catch(() => undefined).then(() => this.poll().catch(() => undefined));
    };
    if (pause <= 0 && !this.underWay()) poll();
    else this.timer = setTimeout(poll, Math.max(0, pause)).unref();
  }

  stop(): void {
    clearTimeout(this.timer);
  }
}
