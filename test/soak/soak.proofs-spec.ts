import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { runToEnd } from '../support/processes.js';

const ROOT = join(import.meta.dirname, '../..');
const A_HANG_MS = 240_000;

interface Summary {
  readonly processes: number;
  readonly rotations: number;
  readonly replays: number;
  readonly reuseDetected: number;
  readonly revocations: number;
  readonly falseLogouts: number;
  readonly unavailableOtherwise: number;
  readonly violations: readonly unknown[];
}

/** A minute of what `npm run soak` does for hours; a failure prints its seed and its story. */
describe.each([
  { database: 'postgres', pools: '1,10', processes: 3, rotations: 3000 },
  { database: 'mariadb', pools: '1,10', processes: 3, rotations: 3000 },
  { database: 'sqlite', pools: '1', processes: 2, rotations: 1500 },
  { database: 'sqlite', pools: '1', processes: 4, rotations: 1500 },
])(
  'random schedules in $processes processes, on $database (pools of $pools)',
  ({ database, pools, processes, rotations }) => {
    it(
      'sign no owner out, and keep no thief',
      async () => {
        const args = [
          '--database',
          database,
          '--pools',
          pools,
          '--processes',
          `${processes}`,
          '--rotations',
          `${rotations}`,
          '--json',
        ];
        const { code, stdout, stderr } = await runToEnd('node', ['test/soak/soak.mjs', ...args], {
          cwd: ROOT,
          timeoutMs: A_HANG_MS,
        });
        expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
        const summaries = JSON.parse(stdout) as Summary[];
        expect(summaries).toHaveLength(pools.split(',').length);
        for (const summary of summaries) {
          expect(summary).toMatchObject({
            processes,
            falseLogouts: 0,
            unavailableOtherwise: 0,
            violations: [],
          });
          expect(summary.rotations).toBeGreaterThanOrEqual(rotations / summaries.length);
          expect(summary.replays).toBeGreaterThan(100);
          expect(summary.reuseDetected).toBeGreaterThan(5);
          expect(summary.revocations).toBeGreaterThan(5);
        }
      },
      A_HANG_MS + 60_000,
    );
  },
);

describe.each(['test/soak/soak.mjs', 'test/crashes/crashes.mjs'])('the command line of %s', (script) => {
  it.each([
    [['--lanes', 'abc'], '--lanes must be a number above 0'],
    [['--lanes', '0'], '--lanes must be a number above 0'],
    [['--lane', '4'], '--lane'],
    [['--database', 'oracle'], '--database must be of postgres, mariadb, sqlite'],
  ])('%j: says what is wrong, and does nothing', async (args, message) => {
    const { code, stderr } = await runToEnd(process.execPath, [script, ...args], { cwd: ROOT });
    expect(code).toBe(2);
    expect(stderr.split('\n')[0]).toContain(message);
  });
});
