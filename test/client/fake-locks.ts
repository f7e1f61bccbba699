import type { Locks } from '../../libs/auth/src/client/platform.js';

interface Waiting {
  readonly begin: () => void;
}

/** `navigator.locks` of one origin: exclusive, first come, first served. */
export class FakeLocks implements Locks {
  /** How often a lock was given. */
  given = 0;
  private readonly held = new Set<string>();
  private readonly queues = new Map<string, Waiting[]>();

  request(name: string, { signal }: { signal: AbortSignal }, work: () => Promise<void>): Promise<void> {
    return new Promise((resolve, reject) => {
      const waiting: Waiting = {
        begin: () => {
          this.given++;
          this.held.add(name);
          void work()
            .then(resolve, reject)
            .finally(() => this.release(name));
        },
      };
      signal.addEventListener('abort', () => {
        const queue = this.queues.get(name) ?? [];
        if (!queue.includes(waiting)) return;
        queue.splice(queue.indexOf(waiting), 1);
        reject(new DOMException('timed out', 'AbortError'));
      });
      this.queues.set(name, [...(this.queues.get(name) ?? []), waiting]);
      this.next(name);
    });
  }

  /** A frozen tab has the lock from now on. Gives the function that thaws it. */
  freeze(name: string): () => void {
    this.held.add(name);
    return () => this.release(name);
  }

  /** The names of all locks that were asked for. */
  get names(): readonly string[] {
    return [...this.queues.keys()];
  }

  private release(name: string): void {
    this.held.delete(name);
    this.next(name);
  }

  private next(name: string): void {
    if (this.held.has(name)) return;
    // Never at once: a real lock is given by another process.
    const waiting = this.queues.get(name)?.shift();
    if (waiting) {
      this.held.add(name);
      queueMicrotask(waiting.begin);
    }
  }
}
