import { describe, expect, it } from '@jest/globals';
import { type KeyRules, scheduleOf } from './key-schedule.js';
import type { StoredKey } from './signing-key-store.js';

const DAY = 86_400_000;
const HOUR = 3_600_000;
const rules: KeyRules = { alg: 'ES256', rotateEveryMs: 90 * DAY, announceMs: 14 * DAY, retentionMs: HOUR };

const key = (id: number, beginsAt: number, alg = 'ES256'): StoredKey => ({
  id,
  kid: `kid-${id}`,
  alg,
  sealedKey: '',
  createdAt: 0,
  beginsAt,
});
const at = (now: number, ...keys: StoredKey[]) => scheduleOf({ keys, now }, rules);
const states = (now: number, ...keys: StoredKey[]) =>
  at(now, ...keys).keys.map(({ key: { id }, state }) => `${id} ${state}`);

describe('scheduleOf', () => {
  it('has the first key made at once, to sign at once', () => {
    expect(at(5 * DAY)).toEqual({ keys: [], due: { id: 1, beginsAt: 5 * DAY }, goneUpTo: null });
  });

  it('has the next one made when it is time to announce it, and not before', () => {
    const first = key(1, 0);
    expect(at(76 * DAY - 1, first).due).toBeNull();
    expect(at(76 * DAY, first).due).toEqual({ id: 2, beginsAt: 90 * DAY });
    expect(at(80 * DAY, first).due).toEqual({ id: 2, beginsAt: 94 * DAY });
    expect(at(80 * DAY, first, key(2, 94 * DAY)).due).toBeNull();
  });

  it('announces a late one for its whole time', () => {
    expect(at(300 * DAY, key(1, 0)).due).toEqual({ id: 2, beginsAt: 314 * DAY });
  });

  it('changes the algorithm by the next key', () => {
    expect(at(DAY, key(1, 0, 'RS256')).due).toEqual({ id: 2, beginsAt: 15 * DAY });
    expect(at(DAY, key(1, 0, 'RS256'), key(2, 15 * DAY)).due).toBeNull();
    // One that is announced already comes first, whatever it is for.
    expect(at(DAY, key(1, 0), key(2, 15 * DAY, 'RS256')).due).toBeNull();
  });

  it('lets a key begin at its instant, and not a millisecond before', () => {
    const keys = [key(1, 0), key(2, 90 * DAY)];
    expect(states(90 * DAY - 1, ...keys)).toEqual(['1 active', '2 next']);
    expect(states(90 * DAY, ...keys)).toEqual(['1 retired', '2 active']);
  });

  it('keeps a retired key for as long as its last token may live', () => {
    const keys = [key(1, 0), key(2, 90 * DAY)];
    expect(states(90 * DAY + HOUR - 1, ...keys)).toEqual(['1 retired', '2 active']);
    expect(at(90 * DAY + HOUR - 1, ...keys).goneUpTo).toBeNull();
    expect(states(90 * DAY + HOUR, ...keys)).toEqual(['2 active']);
    expect(at(90 * DAY + HOUR, ...keys).goneUpTo).toBe(1);
  });

  it('drops several that were not dropped in time, and never the one that signs', () => {
    const keys = [key(1, 0), key(2, 90 * DAY), key(3, 180 * DAY)];
    expect(at(400 * DAY, ...keys)).toMatchObject({
      goneUpTo: 2,
      keys: [{ key: { id: 3 }, state: 'active' }],
    });
  });

  it('has somebody sign also when the clock went back', () => {
    expect(states(0, key(4, DAY), key(5, 2 * DAY))).toEqual(['4 active', '5 next']);
  });
});
