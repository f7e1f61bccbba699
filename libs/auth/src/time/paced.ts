/**
 * Does something at once when it is asked for, but not more often than every `gapMs`. All calls in between are served by one
 * more time, however many they are.
 */
export class Paced {
  private left = 0;
  private busy = false;
  private lastAt = -Infinity;
  private timer: NodeJS.Timeout | undefined;
  private stopped = false;

  constructor(
    private readonly gapMs: number,
    private readonly work: () => Promise<unknown>,
    private readonly monotonic: () => number,
  ) {}

  /** `times`: how often it is to be done from now on, each `gapMs` after the last. */
  ask(times = 1): void {
    this.left = Math.max(this.left, times);
    this.next();
  }

  stop(): void {
    this.stopped = true;
    clearTimeout(this.timer);
  }

  private next(): void {
    if (this.left === 0 || this.busy || this.stopped) return;
    this.busy = true;
    const wait = this.lastAt + this.gapMs - this.monotonic();
    if (wait <= 0) this.run();
    else this.timer = setTimeout(() => this.run(), wait).unref();
  }

  private run(): void {
    this.left--;
    this.lastAt = this.monotonic();
    const done = (): void => {
      this.busy = false;
      this.next();
    };
    this.work().then(done, done);
  }
}
