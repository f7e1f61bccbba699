import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { runToEnd } from '../support/processes.js';

const ROOT = join(import.meta.dirname, '../..');
const A_HANG_MS = 240_000;
const KILLS = 20;

interface Summary {
  readonly kills: number;
  readonly cuts: number;
  readonly before: number;
  readonly after: number;
  readonly falseLogouts: number;
  readonly violations: readonly unknown[];
}

/** A little of what `npm run crashes` does a thousand times; a failure prints the client and the row. */
describe.each(['postgres', 'mariadb', 'sqlite'])('processes killed while they refresh, on %s', (database) => {
  it(
    'leave every family before or after, and every client goes on',
    async () => {
      const args = ['--database', database, '--kills', `${KILLS}`, '--lanes', '4', '--json'];
      const { code, stdout, stderr } = await runToEnd('node', ['test/crashes/crashes.mjs', ...args], {
        cwd: ROOT,
        timeoutMs: A_HANG_MS,
      });
      expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
      const [summary] = JSON.parse(stdout) as [Summary];
      expect(summary).toMatchObject({ kills: KILLS, falseLogouts: 0, violations: [] });
      expect(summary.before).toBeGreaterThan(0);
      expect(summary.after).toBeGreaterThan(0);
      if (database !== 'sqlite') expect(summary.cuts).toBeGreaterThan(0);
    },
    A_HANG_MS + 60_000,
  );
});
