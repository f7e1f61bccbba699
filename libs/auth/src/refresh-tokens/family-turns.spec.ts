import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { type Requester, UNKNOWN_REQUESTER } from '../principal/requester.js';
import { StoreUnavailableError } from '../errors/auth-error.js';
import { FamilyTurns } from './family-turns.js';

/** Uses that end when the test says so, and the order in which they began. */
class Trial {
  readonly turns: FamilyTurns;
  readonly begun: string[] = [];
  readonly refused: string[] = [];

  constructor(atOnce = 1) {
    this.turns = new FamilyTurns(atOnce);
  }

  private readonly ends = new Map<string, { resolve: () => void; reject: (error: Error) => void }>();

  async use(family: string, name: string, requester: Requester = UNKNOWN_REQUESTER): Promise<void> {
    this.turns
      .take(family, requester, () => {
        this.begun.push(name);
        return new Promise<void>((resolve, reject) => this.ends.set(name, { resolve, reject }));
      })
      .catch((error: { code?: string; message: string }) =>
        this.refused.push(`${name} ${error.code ?? error.message}`),
      );
    await settled();
  }

  async end(name: string): Promise<void> {
    this.ends.get(name)!.resolve();
    await settled();
  }

  async fail(name: string, error = new Error('a mistake')): Promise<void> {
    this.ends.get(name)!.reject(error);
    await settled();
  }

  /** Ends each use as soon as it began, until none is left. */
  async endAll(): Promise<readonly string[]> {
    for (let i = 0; i < this.begun.length; i++) await this.end(this.begun[i]!);
    return this.begun;
  }
}

const settled = async (): Promise<void> => {
  for (let i = 0; i < 10; i++) await Promise.resolve();
};

describe('the turns of a family', () => {
  it('are taken one at a time, in order, and other families wait for none of them', async () => {
    const trial = new Trial();
    for (const name of ['a1', 'a2', 'a3']) await trial.use('a', name);
    await trial.use('b', 'b1');
    expect(trial.begun).toEqual(['a1', 'b1']);
    await trial.end('a1');
    expect(trial.begun).toEqual(['a1', 'b1', 'a2']);
    await trial.end('a2');
    await trial.use('a', 'a4');
    expect(trial.begun).toEqual(['a1', 'b1', 'a2', 'a3']);
    expect(await trial.endAll()).toEqual(['a1', 'b1', 'a2', 'a3', 'a4']);
    expect(trial.turns.size).toBe(0);
  });

  it('may be several at a time', async () => {
    const trial = new Trial(2);
    for (const name of ['a1', 'a2', 'a3', 'a4']) await trial.use('a', name);
    expect(trial.begun).toEqual(['a1', 'a2']);
    await trial.end('a2');
    expect(trial.begun).toEqual(['a1', 'a2', 'a3']);
    for (const name of ['a1', 'a3', 'a4']) await trial.end(name);
    expect([trial.begun.length, trial.turns.size]).toEqual([4, 0]);
  });

  it('are waited for by fifty, and refused to more', async () => {
    const trial = new Trial();
    for (let i = 1; i <= 500; i++) await trial.use('a', `a${i}`);
    expect(trial.refused).toHaveLength(449);
    expect(trial.refused[0]).toBe('a52 AUTH_REFRESH_BUSY');
    expect(await trial.endAll()).toHaveLength(51);
    expect(trial.turns.size).toBe(0);
  });

  it('go on after a use that failed', async () => {
    const trial = new Trial();
    await trial.use('a', 'a1');
    await trial.use('a', 'a2');
    await trial.fail('a1');
    expect(trial.begun).toEqual(['a1', 'a2']);
    expect(trial.refused).toEqual(['a1 a mistake']);
    await trial.end('a2');
    expect(trial.turns.size).toBe(0);
  });

  it('end with an outage of the store for all who wait, and begin anew', async () => {
    const trial = new Trial();
    for (const name of ['a1', 'a2', 'a3']) await trial.use('a', name);
    await trial.fail('a1', new StoreUnavailableError());
    expect(trial.begun).toEqual(['a1']);
    expect(trial.refused.sort()).toEqual(['a1', 'a2', 'a3'].map((name) => `${name} AUTH_STORE_UNAVAILABLE`));
    await trial.use('a', 'a4');
    expect(await trial.endAll()).toEqual(['a1', 'a4']);
    expect(trial.turns.size).toBe(0);
  });

  it('are no outage where a client hung up', async () => {
    const trial = new Trial();
    await trial.use('a', 'a1', { ...UNKNOWN_REQUESTER, hasLeft: () => true });
    await trial.use('a', 'a2');
    await trial.fail('a1', new StoreUnavailableError());
    expect(await trial.endAll()).toEqual(['a1', 'a2']);
  });

  it('pass over clients that have hung up, whose places are free', async () => {
    const trial = new Trial();
    let gone = false;
    const leaving: Requester = { ...UNKNOWN_REQUESTER, hasLeft: () => gone };
    await trial.use('a', 'a1');
    for (let i = 0; i < 50; i++) await trial.use('a', `leaving${i}`, leaving);
    await trial.use('a', 'early');
    gone = true;
    await trial.use('a', 'late');
    expect(trial.refused).toHaveLength(51);
    expect(trial.refused).not.toContain('late AUTH_REFRESH_BUSY');
    await trial.use('a', 'gone', leaving);
    expect(await trial.endAll()).toEqual(['a1', 'late']);
    expect(trial.turns.size).toBe(0);
  });

  describe('with a clock', () => {
    beforeEach(() => void jest.useFakeTimers());
    afterEach(() => void jest.useRealTimers());

    it('are waited for as long as was said', async () => {
      const trial = new Trial();
      for (const name of ['a1', 'a2']) await trial.use('a', name);
      jest.advanceTimersByTime(4_999);
      await settled();
      expect(trial.refused).toEqual([]);
      jest.advanceTimersByTime(1);
      await settled();
      expect(trial.refused).toEqual(['a2 AUTH_REFRESH_BUSY']);
      expect(await trial.endAll()).toEqual(['a1']);
      expect([jest.getTimerCount(), trial.turns.size]).toEqual([0, 0]);
    });
  });
});
