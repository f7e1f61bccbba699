import { describe, expect, it } from '@jest/globals';
import { MemoryAttemptStore } from './memory-attempt-store.js';

const windowMs = 60_000;

describe('counters in memory', () => {
  const used = async (store: MemoryAttemptStore, id: string) =>
    (await store.take([{ id, windowMs }]))[0]!.used;

  it('are no more than the bound: the one that was used longest ago is dropped', async () => {
    const store = new MemoryAttemptStore({ now: () => 0 }, 2);
    expect([await used(store, 'a'), await used(store, 'b')]).toEqual([1, 1]);
    // A try makes it the latest, so a flood of other names drops the others first.
    expect(await used(store, 'a')).toBe(2);
    expect(await used(store, 'c')).toBe(1);
    expect(await used(store, 'a')).toBe(3);
    expect(await used(store, 'b')).toBe(1);
  });
});
