import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { HeldRefusals } from './held-refusals.js';

describe('a refusal that is held back', () => {
  beforeEach(() => void jest.useFakeTimers());
  afterEach(() => void jest.useRealTimers());

  const refused = (refusals: HeldRefusals) => {
    const seen = { is: 'held' };
    const refusal = new Error('busy');
    void refusals
      .after(() => {
        throw refusal;
      })
      .catch((error: unknown) => (seen.is = error === refusal ? 'refused' : 'something else'));
    return seen;
  };
  const passed = (ms: number) => jest.advanceTimersByTimeAsync(ms);

  it('is answered after half a second to one and a half; what is not refused, at once', async () => {
    const refusals = new HeldRefusals();
    await refusals.after(() => undefined);
    const one = refused(refusals);
    await passed(499);
    expect(one.is).toBe('held');
    await passed(1_001);
    expect(one.is).toBe('refused');
    expect(jest.getTimerCount()).toBe(0);
  });

  it('is answered at once when a thousand are held', async () => {
    const refusals = new HeldRefusals();
    const held = Array.from({ length: 1_000 }, () => refused(refusals));
    const more = refused(refusals);
    await passed(0);
    expect([held.at(-1)!.is, more.is]).toEqual(['held', 'refused']);
    await passed(1_500);
    expect(held.every(({ is }) => is === 'refused')).toBe(true);
    const later = refused(refusals);
    await passed(0);
    expect(later.is).toBe('held');
    await passed(1_500);
  });
});
