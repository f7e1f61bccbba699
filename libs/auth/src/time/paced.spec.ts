import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Paced } from './paced.js';

describe('Paced', () => {
  let done: number;
  let now: number;
  let paced: Paced;
  const pass = async (ms: number): Promise<void> => {
    now += ms;
    await jest.advanceTimersByTimeAsync(ms);
  };
  beforeEach(() => {
    jest.useFakeTimers();
    [done, now] = [0, 0];
    paced = new Paced(
      1_000,
      async () => void done++,
      () => now,
    );
  });
  afterEach(() => void jest.useRealTimers());

  it('does it at once', () => {
    paced.ask();
    expect(done).toBe(1);
  });

  it('does it once more for callers in between, however many they are', async () => {
    for (let i = 0; i < 1_000; i++) paced.ask();
    await pass(0);
    expect(done).toBe(1);
    await pass(999);
    expect(done).toBe(1);
    await pass(1);
    expect(done).toBe(2);
    await pass(60_000);
    expect(done).toBe(2);
  });

  it('does it no more often than every gap, also when it is asked for all the time', async () => {
    for (let i = 0; i < 100; i++) {
      paced.ask(2);
      await pass(100);
    }
    expect(done).toBeLessThanOrEqual(11);
    expect(done).toBeGreaterThanOrEqual(9);
  });

  it('does it as often as it is told, a gap apart, also when it fails', async () => {
    paced = new Paced(
      1_000,
      () => Promise.reject(new Error(`${++done}`)),
      () => now,
    );
    paced.ask(2);
    await pass(1_000);
    expect(done).toBe(2);
    await pass(10_000);
    expect(done).toBe(2);
  });

  it('does nothing once it is stopped', async () => {
    paced.ask(2);
    paced.stop();
    await pass(10_000);
    paced.ask();
    expect(done).toBe(1);
  });
});
