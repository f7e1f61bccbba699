import { describe, expect, it } from '@jest/globals';
import { LiveIterator } from './live-iterator.js';

/** A source by hand: it gives what `give` is called with, in order, and may never answer. */
class Source implements AsyncIterator<number> {
  returned = 0;
  private readonly waiting: {
    resolve(result: IteratorResult<number>): void;
    reject(error: unknown): void;
  }[] = [];

  next(): Promise<IteratorResult<number>> {
    return new Promise((resolve, reject) => this.waiting.push({ resolve, reject }));
  }
  return(): Promise<IteratorResult<number>> {
    this.returned += 1;
    // As a generator that waits.
    return new Promise(() => undefined);
  }
  give(value: number): void {
    this.waiting.shift()!.resolve({ done: false, value });
  }
  end(): void {
    this.waiting.shift()!.resolve({ done: true, value: undefined });
  }
  fail(error: unknown): void {
    this.waiting.shift()!.reject(error);
  }
}

function made() {
  const source = new Source();
  const state = { done: 0 };
  const iterator = new LiveIterator(source, () => void (state.done += 1));
  return { source, state, iterator };
}

const LAST = { done: true, value: undefined };

describe('a live iterator', () => {
  it('passes values on, and the end of its source', async () => {
    const { source, state, iterator } = made();
    const [first, second] = [iterator.next(), iterator.next()];
    source.give(1);
    source.give(2);
    expect([await first, await second]).toEqual([
      { done: false, value: 1 },
      { done: false, value: 2 },
    ]);
    const last = iterator.next();
    source.end();
    expect(await last).toEqual(LAST);
    expect(await iterator.next()).toEqual(LAST);
    expect(state.done).toBe(1);
  });

  it('passes the failure of its source on, and is done', async () => {
    const { source, state, iterator } = made();
    const failed = iterator.next();
    source.fail(new Error('away'));
    await expect(failed).rejects.toThrow('away');
    expect([state.done, await iterator.next()]).toEqual([1, LAST]);
  });

  it('fails at once where it is waited for, and ends its source', async () => {
    const { source, state, iterator } = made();
    const waiting = iterator.next();
    iterator.fail(new Error('ended'));
    await expect(waiting).rejects.toThrow('ended');
    expect([state.done, source.returned]).toEqual([1, 1]);
    source.give(1);
    expect(await iterator.next()).toEqual(LAST);
  });

  it('fails with the next question where nobody waits, once', async () => {
    const { source, state, iterator } = made();
    iterator.fail(new Error('ended'));
    iterator.fail(new Error('again'));
    expect([state.done, source.returned]).toEqual([1, 1]);
    await expect(iterator.next()).rejects.toThrow('ended');
    expect(await iterator.next()).toEqual(LAST);
  });

  it('is done at once when its consumer wants no more, though its source does not answer', async () => {
    const { source, state, iterator } = made();
    const waiting = iterator.next();
    expect(await iterator.return()).toEqual(LAST);
    expect(await waiting).toEqual(LAST);
    expect([state.done, source.returned]).toEqual([1, 1]);
    iterator.fail(new Error('ended'));
    expect(await iterator.next()).toEqual(LAST);
    expect(state.done).toBe(1);
  });

  it('throws what its consumer throws into it', async () => {
    const { source, state, iterator } = made();
    await expect(iterator.throw(new Error('thrown'))).rejects.toThrow('thrown');
    expect([state.done, source.returned]).toEqual([1, 1]);
  });
});
