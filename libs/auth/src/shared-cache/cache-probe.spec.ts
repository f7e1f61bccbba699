import { afterEach, describe, expect, it, jest } from '@jest/globals';
import type { ApplicationCache } from './cache-options.js';
import { probeCache } from './cache-probe.js';

class Store {
  readonly kept = new Map<string, unknown>();
  readonly store = new Map();
  get = async (key: string): Promise<unknown> => this.kept.get(key);
  set = async (key: string, value: unknown, _ttlMs: number): Promise<unknown> => this.kept.set(key, value);
  del = async (key: string): Promise<unknown> => this.kept.delete(key);
}
const away = async (): Promise<never> => {
  throw new Error('redis://user:password@host');
};
const silent = () => new Promise<never>(() => {});

/** As cache-manager does it: reads the first store that has it, writes to all, and hides what fails. */
function tiered(...stores: Store[]): ApplicationCache & { readonly stores: Store[] } {
  return {
    stores,
    get: async (key) => {
      for (const store of stores) {
        const found = await store.get(key).catch(() => undefined);
        if (found !== undefined) return found;
      }
      return undefined;
    },
    set: async (key, value, ttlMs) => {
      await Promise.allSettled(stores.map((store) => store.set(key, value, ttlMs)));
    },
    del: async (key) => {
      await Promise.allSettled(stores.map((store) => store.del(key)));
    },
  };
}

describe('the probe of the cache', () => {
  afterEach(() => void jest.useRealTimers());

  it('says nothing of one that holds what is written, and leaves nothing there', async () => {
    const store = new Store();
    expect(await probeCache(store)).toBeNull();
    expect(await probeCache(tiered(store, new Store()))).toBeNull();
    expect(store.kept.size).toBe(0);
  });

  it.each<[string, Partial<Store>, string]>([
    ['refuses writes', { set: away }, 'set was refused'],
    ['refuses reads', { get: away }, 'get was refused'],
    ['forgets', { get: async () => undefined }, 'got something else, or nothing'],
    ['lies', { get: async () => 'another' }, 'got something else, or nothing'],
  ])('says what is wrong with one that %s, and nothing of its address', async (_, broken, why) => {
    const message = await probeCache(Object.assign(new Store(), broken));
    expect(message).toContain('"cache"');
    expect(message).toContain(why);
    expect(message).not.toContain('password');
  });

  it('says which tier is missing, though the cache gives what was written', async () => {
    const remote = Object.assign(new Store(), { get: away, set: away, del: away });
    expect(await probeCache(tiered(new Store(), remote))).toContain('not in store 2 of 2, Map');
  });

  it('is done within 4 s with one that is silent, and says so', async () => {
    jest.useFakeTimers();
    const store = Object.assign(new Store(), { get: silent });
    const probed = probeCache(Object.assign(store, { stores: [store] }));
    await jest.advanceTimersByTimeAsync(4_000);
    expect(await probed).toContain('not in store 1 of 1');
    const unwritten = probeCache(Object.assign(new Store(), { set: silent }));
    await jest.advanceTimersByTimeAsync(2_000);
    expect(await unwritten).toContain('set was not answered in 2000 ms');
  });
});
