import { describe, expect, it } from '@jest/globals';
import { ConnectionSemaphore } from './connection-semaphore.js';

const alone = (): void => {
  throw new Error('no caller should have to wait here');
};
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** A pool with one connection, which is away until it answers. */
function silentPool() {
  const asked: string[] = [];
  const answers: (() => void)[] = [];
  const fails: (() => void)[] = [];
  const ask = (who: string) => () => {
    asked.push(who);
    return new Promise<string>((resolve, reject) => {
      answers.push(() => resolve(who));
      fails.push(() => reject(new Error(who)));
    });
  };
  return { asked, answers, fails, ask };
}

describe('a line in front of a pool', () => {
  it('lets so many in at once, and the others after them, in their order', async () => {
    const line = new ConnectionSemaphore(2);
    const pool = silentPool();
    const given = ['a', 'b'].map((who) => line.pass(pool.ask(who), alone));
    given.push(...['c', 'd'].map((who) => line.pass(pool.ask(who), () => undefined)));
    expect(pool.asked).toEqual(['a', 'b']);
    expect(line.length).toBe(2);
    pool.answers[1]!();
    await settled();
    expect(pool.asked).toEqual(['a', 'b', 'c']);
    for (const index of [0, 2]) pool.answers[index]!();
    await settled();
    pool.answers[3]!();
    expect(await Promise.all(given)).toEqual(['a', 'b', 'c', 'd']);
    expect(line.length).toBe(0);
  });

  it('forgets who left: the pool never hears of them', async () => {
    const line = new ConnectionSemaphore(1);
    const pool = silentPool();
    void line.pass(pool.ask('a'), alone);
    for (let i = 0; i < 1_000; i++) void line.pass(pool.ask('gone'), (leave) => leave());
    expect(line.length).toBe(0);
    void line.pass(pool.ask('b'), () => undefined);
    pool.answers[0]!();
    await settled();
    expect(pool.asked).toEqual(['a', 'b']);
  });

  it('gives the place of one that failed to the next', async () => {
    const line = new ConnectionSemaphore(1);
    const pool = silentPool();
    const failing = line.pass(pool.ask('a'), alone);
    const next = line.pass(pool.ask('b'), () => undefined);
    pool.fails[0]!();
    await expect(failing).rejects.toThrow('a');
    pool.answers[1]!();
    expect(await next).toBe('b');
    expect(await line.pass(async () => 'c', alone)).toBe('c');
  });
});
