import { describe, expect, it } from '@jest/globals';
import { StoreClock } from './store-clock.js';

class TwoClocks {
  constructor(
    public wall = 1_000_000,
    public mono = 50,
  ) {}
  now = () => this.wall;
  monotonic = () => this.mono;
  pass(ms: number): void {
    this.wall += ms;
    this.mono += ms;
  }
}

/** What an answer teaches that was asked for at a moment. */
const learn = (clock: StoreClock, storeNow: unknown, { monotonic, wall } = clock.moment()) =>
  clock.learn(storeNow, monotonic, wall);

describe('StoreClock', () => {
  it('knows nothing before the first answer, nor after one that is no number', () => {
    const clock = new StoreClock(new TwoClocks());
    for (const nothing of [NaN, Infinity, null, undefined, '5000']) learn(clock, nothing);
    expect(clock.now()).toBeUndefined();
  });

  it('counts from when the store was asked: it may have been asked long before it answered', () => {
    const clocks = new TwoClocks();
    const clock = new StoreClock(clocks);
    const sent = clock.moment();
    clocks.pass(300);
    learn(clock, 5_000, sent);
    expect(clock.now()).toBe(5_300);
    clocks.pass(700);
    expect(clock.now()).toBe(6_000);
  });

  it.each([
    ['a suspended machine, whose monotonic clock stood still', { wall: 60_000, mono: 5 }, 60_000],
    ['a clock on the wall that was set back', { wall: -3_600_000, mono: 2_000 }, 2_000],
  ])('goes by the larger of the two times passed: %s', (_, passed, expected) => {
    const clocks = new TwoClocks();
    const clock = new StoreClock(clocks);
    learn(clock, 5_000);
    clocks.wall += passed.wall;
    clocks.mono += passed.mono;
    expect(clock.now()).toBe(5_000 + expected);
  });

  it('believes the answer that was asked for last, in whatever order they come', () => {
    const clocks = new TwoClocks();
    const clock = new StoreClock(clocks);
    const first = clock.moment();
    clocks.pass(10);
    const second = clock.moment();
    learn(clock, 9_010, second);
    learn(clock, 1, first);
    expect(clock.now()).toBe(9_010);
    // Also when it says less: a database that was failed over has another clock.
    clocks.pass(10);
    learn(clock, 8_000);
    expect(clock.now()).toBe(8_000);
  });

  it('is steady by the monotonic clock alone, for what is written down', () => {
    const clocks = new TwoClocks();
    const clock = new StoreClock(clocks);
    expect(clock.steady()).toBeUndefined();
    learn(clock, 5_000);
    clocks.wall += 3_600_000;
    clocks.mono += 100;
    expect(clock.steady()).toBe(5_100);
  });

  it('tells what it was at another moment', () => {
    const clocks = new TwoClocks();
    const clock = new StoreClock(clocks);
    const before = clock.moment();
    clocks.pass(1_000);
    learn(clock, 5_000);
    expect(clock.at(before)).toBe(4_000);
  });
});
