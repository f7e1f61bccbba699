import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { Requester } from '../principal/requester.js';
import { hashesAtOnce, HashingLine, type HashingPurpose } from './hashing-line.js';

const from = (ip: string | null, more: Partial<Requester> = {}): Requester => ({
  ip,
  userAgent: null,
  ...more,
});

/** A line whose hashes end when the test says so, and the order in which they began. */
class Trial {
  readonly begun: string[] = [];
  readonly refused: string[] = [];
  readonly line: HashingLine;
  private readonly ends = new Map<string, () => void>();

  constructor(atOnce: number) {
    this.line = new HashingLine(atOnce);
  }

  async ask(name: string, requester: Requester, purpose: HashingPurpose = 'check'): Promise<void> {
    this.line
      .pass(purpose, requester, () => {
        this.begun.push(name);
        return new Promise<void>((end) => this.ends.set(name, end));
      })
      .catch((error: { code: string }) => this.refused.push(`${name} ${error.code}`));
    await settled();
  }

  async end(name: string): Promise<void> {
    this.ends.get(name)!();
    await settled();
  }

  /** Ends each hash as soon as it began, until none is left. */
  async endAll(): Promise<readonly string[]> {
    for (let i = 0; i < this.begun.length; i++) await this.end(this.begun[i]!);
    return this.begun;
  }
}

const settled = async (): Promise<void> => {
  for (let i = 0; i < 10; i++) await Promise.resolve();
};

describe('the line before the hasher', () => {
  it.each([
    [undefined, 2],
    ['4', 2],
    ['8', 6],
    ['3', 1],
    ['1', 1],
    ['0', 1],
    ['nonsense', 1],
    ['100000', 1022],
  ])('leaves two threads of a pool of %p: %p hash at once', (size, atOnce) => {
    expect(hashesAtOnce(size)).toBe(atOnce);
  });

  it('lets so many in at a time, and two of an address wait', async () => {
    const trial = new Trial(2);
    for (const name of ['a1', 'a2', 'a3', 'a4', 'a5']) await trial.ask(name, from('192.0.2.1'));
    expect(trial.begun).toEqual(['a1', 'a2']);
    expect(trial.refused).toEqual(['a5 AUTH_PASSWORDS_BUSY']);
    expect(await trial.endAll()).toEqual(['a1', 'a2', 'a3', 'a4']);
  });

  it('takes an IPv6 network for one address', async () => {
    const trial = new Trial(1);
    for (let i = 1; i <= 4; i++) await trial.ask(`a${i}`, from(`2001:db8:0:1::${i}`));
    await trial.ask('b1', from('2001:db8:0:2::1'));
    expect(trial.refused).toEqual(['a4 AUTH_PASSWORDS_BUSY']);
    expect(await trial.endAll()).toEqual(['a1', 'a2', 'b1', 'a3']);
  });

  it('gives each address its turn', async () => {
    const trial = new Trial(1);
    for (const name of ['a1', 'a2', 'a3']) await trial.ask(name, from('192.0.2.1'));
    for (const name of ['b1', 'b2']) await trial.ask(name, from('192.0.2.2'));
    await trial.ask('c1', from('192.0.2.3'));
    expect(await trial.endAll()).toEqual(['a1', 'a2', 'b1', 'c1', 'a3', 'b2']);
  });

  it('lets sign-ins and registrations take turns', async () => {
    const trial = new Trial(1);
    await trial.ask('first', from('192.0.2.1'));
    for (let i = 1; i <= 3; i++) await trial.ask(`check${i}`, from(`192.0.2.${i}`));
    for (let i = 1; i <= 2; i++) await trial.ask(`make${i}`, from(`192.0.2.${i}`), 'make');
    expect(await trial.endAll()).toEqual(['first', 'check1', 'make1', 'check2', 'make2', 'check3']);
  });

  it('is bounded, each lane by itself, and leaves half of its places to addresses that are known', async () => {
    const trial = new Trial(1);
    await trial.ask('first', from(null));
    for (let i = 0; i < 40; i++) await trial.ask(`unknown${i}`, from(null));
    expect(trial.refused).toHaveLength(24);
    for (let i = 0; i < 40; i++) await trial.ask(`known${i}`, from(`192.0.2.${i}`));
    expect(trial.refused).toHaveLength(48);
    await trial.ask('registration', from('192.0.2.99'), 'make');
    expect(trial.refused).toHaveLength(48);
    expect(await trial.endAll()).toHaveLength(1 + 16 + 16 + 1);
  });

  it('keeps half of the places of sign-ins for known devices, one of which waits for no stranger', async () => {
    const trial = new Trial(1);
    await trial.ask('first', from('192.0.2.200'));
    for (let i = 0; i < 100; i++) await trial.ask(`stranger${i}`, from(`192.0.2.${i}`));
    expect(trial.refused).toHaveLength(68);
    const owner = from('192.0.2.1', { device: 'd1_', isKnownDevice: true });
    expect(trial.line.hasRoom('check', from('192.0.2.1'))).toBe(false);
    // Before its user is looked up, a device is not known yet.
    expect(trial.line.hasRoom('check', from('192.0.2.1', { device: 'd1_' }))).toBe(true);
    await trial.ask('owner', owner);
    // It waits for no stranger's hash.
    expect(trial.begun).toEqual(['first', 'owner']);
    await trial.ask('owner again', owner);
    expect(trial.begun).toHaveLength(2);
    await trial.end('owner');
    expect(trial.begun).toEqual(['first', 'owner', 'owner again']);
    for (let i = 0; i < 100; i++)
      await trial.ask(`known${i}`, from(`192.0.2.${i}`, { device: 'd1_', isKnownDevice: true }));
    expect(trial.refused.filter((one) => one.startsWith('known'))).toHaveLength(68);
    expect(await trial.endAll()).toHaveLength(1 + 32 + 2 + 32);
  });

  it('takes the clients of a proxy that is not trusted for unknown, not for one', async () => {
    const trial = new Trial(1);
    for (let i = 0; i < 10; i++) await trial.ask(`a${i}`, from('127.0.0.1', { sharesAddress: true }));
    expect(trial.refused).toEqual([]);
    expect(await trial.endAll()).toHaveLength(10);
  });

  it('forgets who hung up: their turn passes, and their place is free', async () => {
    const trial = new Trial(1);
    let gone = false;
    await trial.ask('a1', from('192.0.2.1'));
    for (const name of ['a2', 'a3']) await trial.ask(name, from('192.0.2.1', { hasLeft: () => gone }));
    await trial.ask('b1', from('192.0.2.2', { hasLeft: () => gone }));
    gone = true;
    expect(trial.line.hasRoom('check', from('192.0.2.1'))).toBe(true);
    await trial.ask('a4', from('192.0.2.1'));
    expect(await trial.endAll()).toEqual(['a1', 'a4']);
    expect(trial.refused.map((one) => one.slice(0, 2)).sort()).toEqual(['a2', 'a3', 'b1']);
  });

  it('goes on after a hash that failed', async () => {
    const line = new HashingLine(1);
    const failing = line.pass('check', from(null), () => Promise.reject(new Error('no memory')));
    const next = line.pass('check', from(null), () => Promise.resolve('hashed'));
    await expect(failing).rejects.toThrow('no memory');
    expect(await next).toBe('hashed');
  });

  describe('with a clock', () => {
    beforeEach(() => void jest.useFakeTimers());
    afterEach(() => void jest.useRealTimers());

    it('refuses who has had no turn within five seconds', async () => {
      const trial = new Trial(1);
      await trial.ask('a1', from('192.0.2.1'));
      await trial.ask('a2', from('192.0.2.1'));
      jest.advanceTimersByTime(4_999);
      await settled();
      expect(trial.refused).toEqual([]);
      jest.advanceTimersByTime(1);
      await settled();
      expect(trial.refused).toEqual(['a2 AUTH_PASSWORDS_BUSY']);
      expect(await trial.endAll()).toEqual(['a1']);
      expect(jest.getTimerCount()).toBe(0);
    });
  });
});
