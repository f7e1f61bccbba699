import { beforeEach, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { SessionDataConflictError, SessionInvalidError } from '../errors/auth-error.js';
import { MemoryStores } from '../testing/memory/memory-stores.js';
import { newSession } from '../testing/contracts/session-store/session-on-trial.js';
import { SessionData } from './session-data.js';

const clock = { at: Date.UTC(2026, 0, 1), now: () => clock.at };
let stores: MemoryStores;
let data: SessionData;
let id: string;
beforeEach(async () => {
  stores = new MemoryStores(clock);
  data = new SessionData(stores.sessions);
  id = randomUUID();
  await stores.sessions.open(newSession(await stores.subjects.epochs('ada'), { id }));
});

describe('SessionData', () => {
  it('has nothing at first, then what was written last', async () => {
    expect(await data.read(id)).toEqual({ value: null, version: 0 });
    const value = { cart: [{ sku: 'ä-1', n: 2 }], seen: true, note: null, rate: 0.5, '': '' };
    expect(await data.write(id, value, 0)).toBe(1);
    expect(await data.read(id)).toEqual({ value, version: 1 });
    expect(await data.write(id, null, 1)).toBe(2);
    expect(await data.read(id)).toEqual({ value: null, version: 2 });
  });

  it.each([[true], [0], [''], ['x'], [[]], [[[null]]], [{}], [Object.create(null)]])(
    'keeps %j',
    async (value) => {
      await data.write(id, value, 0);
      expect((await data.read(id)).value).toEqual(value);
    },
  );

  it('leaves out a member that is undefined', async () => {
    await data.write(id, { a: 1, b: undefined }, 0);
    expect(Object.keys((await data.read(id)).value as object)).toEqual(['a']);
  });

  const circular: Record<string, unknown> = {};
  circular['self'] = circular;
  class Money {
    readonly cents = 5;
  }
  it.each<[string, unknown]>([
    ['undefined', undefined],
    ['undefined in a list', [undefined]],
    ['a hole in a list', Array(2)],
    ['NaN', Number.NaN],
    ['an infinite number', { a: [Number.NEGATIVE_INFINITY] }],
    ['a bigint', 1n],
    ['a symbol', Symbol('x')],
    ['a function', { f: () => 1 }],
    ['a date', { at: new Date(0) }],
    ['a map', new Map()],
    ['bytes', Buffer.from('x')],
    ['an instance', { price: new Money() }],
    ['what says how it is written', { toJSON: () => 1 }],
    ['what holds itself', circular],
  ])('takes no %s', async (_, value) => {
    await expect(data.write(id, value, 0)).rejects.toThrow(TypeError);
    expect(await data.read(id)).toEqual({ value: null, version: 0 });
  });

  it('takes less than 64 KiB, counted in bytes', async () => {
    const longest = 'ü'.repeat(32_766) + 'x';
    expect(await data.write(id, longest, 0)).toBe(1);
    await expect(data.write(id, `${longest}x`, 1)).rejects.toThrow(
      /less than 64 KiB of JSON \(got 65536 bytes\)/,
    );
    expect(await data.read(id)).toEqual({ value: longest, version: 1 });
  });

  it('refuses a version that has moved, and writes nothing', async () => {
    await data.write(id, 'first', 0);
    for (const version of [0, 2])
      await expect(data.write(id, 'late', version)).rejects.toThrow(SessionDataConflictError);
    expect(await data.read(id)).toEqual({ value: 'first', version: 1 });
  });

  it.each([Number.NaN, -1, 0.5, 2 ** 31, '0', null, undefined])('refuses the version %j', async (version) => {
    await expect(data.write(id, 'x', version as number)).rejects.toThrow(TypeError);
  });

  const refused = async (signInId: string) => {
    await expect(data.read(signInId)).rejects.toThrow(SessionInvalidError);
    await expect(data.write(signInId, 1, 0)).rejects.toThrow(SessionInvalidError);
    await expect(data.update(signInId, () => 1)).rejects.toThrow(SessionInvalidError);
  };
  it('knows live sessions alone', async () => {
    for (const unknown of [randomUUID(), '', 'x', undefined as never, Number.NaN as never, {} as never])
      await refused(unknown);
    await stores.sessions.revoke(id, 'signed_out');
    await refused(id);
  });

  it('knows no session that has idled out', async () => {
    stores.age(id, 31 * 60_000);
    await refused(id);
  });

  describe('update', () => {
    it('gives what it wrote', async () => {
      expect(await data.update(id, (value) => [value])).toEqual({ value: [null], version: 1 });
      expect(await data.update(id, async (value) => [value])).toEqual({ value: [[null]], version: 2 });
      expect(await data.read(id)).toEqual({ value: [[null]], version: 2 });
    });

    it('begins again with what somebody else wrote meanwhile', async () => {
      const seen: unknown[] = [];
      const result = await data.update(id, async (value) => {
        seen.push(value);
        if (seen.length < 3) await data.write(id, seen.length, seen.length - 1);
        return `after ${String(value)}`;
      });
      expect(seen).toEqual([null, 1, 2]);
      expect(result).toEqual({ value: 'after 2', version: 3 });
    });

    it('gives up after thirty tries', async () => {
      let tries = 0;
      const change = async () => {
        await data.write(id, 'other', tries++);
        return 'mine';
      };
      await expect(data.update(id, change)).rejects.toThrow(SessionDataConflictError);
      expect(tries).toBe(30);
      expect((await data.read(id)).value).toBe('other');
    });

    it('writes nothing when the change throws', async () => {
      const change = () => {
        throw new Error('sold out');
      };
      await expect(data.update(id, change)).rejects.toThrow('sold out');
      expect(await data.read(id)).toEqual({ value: null, version: 0 });
    });

    it('stops for a session that ends meanwhile', async () => {
      const change = async () => {
        await stores.sessions.revoke(id, 'signed_out');
        return 1;
      };
      await expect(data.update(id, change)).rejects.toThrow(SessionInvalidError);
    });
  });
});
