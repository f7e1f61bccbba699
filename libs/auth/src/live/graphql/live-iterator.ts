interface Waiting<T> {
  resolve(result: IteratorResult<T>): void;
  reject(error: unknown): void;
}

/**
 * Passes an async iterator on until `fail` or `return` is called. Both take effect at once, also while the source has nothing to
 * tell: a generator that waits answers neither. After `fail` the next result is that error; values that the source still has are
 * not passed on.
 */
export class LiveIterator<T> implements AsyncIterableIterator<T> {
  private readonly waiting = new Set<Waiting<T>>();
  private isDone = false;
  private failure: { readonly error: unknown } | null = null;

  constructor(
    private readonly source: AsyncIterator<T>,
    /** Called once, when it has ended for whatever reason. */
    private readonly onDone: () => void,
  ) {}

  next(): Promise<IteratorResult<T>> {
    const { failure } = this;
    this.failure = null;
    if (failure) return Promise.reject(failure.error as Error);
    if (this.isDone) return Promise.resolve({ done: true, value: undefined });
    return new Promise((resolve, reject) => {
      const waiting = { resolve, reject };
      this.waiting.add(waiting);
      this.source.next().then(
        (result) => {
          this.waiting.delete(waiting);
          if (result.done) this.finish();
          resolve(result);
        },
        (error: unknown) => {
          this.waiting.delete(waiting);
          this.finish();
          reject(error as Error);
        },
      );
    });
  }

  /** The consumer wants no more. */
  return(): Promise<IteratorResult<T>> {
    const waiting = this.finish();
    const last = { done: true, value: undefined } as const;
    for (const { resolve } of waiting) resolve(last);
    this.endSource();
    return Promise.resolve(last);
  }

  throw(error: unknown): Promise<IteratorResult<T>> {
    void this.return();
    return Promise.reject(error as Error);
  }

  /** Rejects every pending `next()` with this error; if none is pending, the next one that comes. */
  fail(error: unknown): void {
    if (this.isDone) return;
    const waiting = this.finish();
    for (const { reject } of waiting) reject(error);
    if (waiting.length === 0) this.failure = { error };
    this.endSource();
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  private finish(): readonly Waiting<T>[] {
    const waiting = [...this.waiting];
    this.waiting.clear();
    if (!this.isDone) {
      this.isDone = true;
      this.onDone();
    }
    return waiting;
  }

  /** Not awaited: a generator answers when what it waits for has come. */
  private endSource(): void {
    void Promise.resolve(this.source.return?.()).catch(() => undefined);
  }
}
