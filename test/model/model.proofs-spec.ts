import { beforeAll, describe, expect, it } from '@jest/globals';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

const ROOT = join(import.meta.dirname, '../..');
/** Only a hang reaches this, on however busy a machine. */
const LIMIT = 1_200_000;

/** In a process of its own: under Jest every promise is watched, and a million schedules take twice as long. */
describe('every interleaving', () => {
  let printed = '';
  beforeAll(async () => {
    const args = ['--import', './test/model/typescript.mjs', 'test/model/print.ts', '--ours'];
    const run = promisify(execFile)(process.execPath, args, {
      cwd: ROOT,
      maxBuffer: 1e8,
      timeout: LIMIT - 10_000,
    });
    // A broken invariant is told on stdout, and shows below.
    printed = await run.then(
      ({ stdout }) => stdout,
      ({ stdout, stderr }: { stdout: string; stderr: string }) => stdout || stderr,
    );
  }, LIMIT);

  it('keeps every invariant', () => {
    expect(printed).not.toContain('BROKEN');
    expect(printed).toMatch(/^\| this package +\| [\d,]+ \| 0 \| 0 \| 0 \|/m);
  });

  it('is a million schedules at least', () => {
    const inAll = /^\| in all \|.*\| ([\d,]+) \|$/m.exec(printed)?.[1] ?? printed;
    expect(Number(inAll.replaceAll(',', ''))).toBeGreaterThanOrEqual(1_000_000);
  });
});
