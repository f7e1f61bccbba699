/** The last word of `.ci/run` and `.ci/proofs`: what did not run is no success. */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const SCRIPT = join(import.meta.dirname, '../scripts/count-tests.mjs');
type Status = 'passed' | 'failed' | 'pending';

describe('what counts the tests', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'aerie-count-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  /** Jest's results, of files by their name, each with the statuses of its tests; a file lasts longer than the one before. */
  function result(name: string, files: Record<string, readonly Status[]>): void {
    const all = Object.values(files).flat();
    const of = (status: Status) => all.filter((one) => one === status).length;
    const testResults = Object.entries(files).map(([file, statuses], i) => ({
      name: join('/repository', file),
      startTime: 0,
      endTime: (i + 1) * 1_000,
      status: statuses.includes('failed') ? 'failed' : 'passed',
      assertionResults: statuses.map((status, n) => ({ status, fullName: `test ${n}` })),
    }));
    const counts = { numPassedTests: of('passed'), numFailedTests: of('failed') };
    const left = { numPendingTests: of('pending'), numTodoTests: 0 };
    const text = JSON.stringify({ ...counts, ...left, success: of('failed') === 0, testResults });
    writeFileSync(join(folder, name), text);
  }
  function count(...expected: string[]) {
    const { status, stdout, stderr } = spawnSync(process.execPath, [SCRIPT, folder, ...expected], {
      encoding: 'utf8',
    });
    return { status, stderr, last: stdout.trim().split('\n').at(-1), stdout };
  }

  it('adds up every result, and is content with what was expected', () => {
    result('test.json', { 'test/a.spec.ts': ['passed', 'passed'], 'test/b/b.suite.ts': ['passed'] });
    result('nodes.20.json', { 'test/c.proofs-spec.ts': ['passed'] });
    expect(count('unit', 'suites', 'test', 'nodes')).toMatchObject({
      status: 0,
      stderr: '',
      last: '4 passed, 0 failed',
    });
  });

  it.each<[string, Record<string, readonly Status[]>, string[], RegExp]>([
    ['a test that failed', { 'test/a.spec.ts': ['passed', 'failed'] }, ['test'], /^$/],
    ['a test that was left out', { 'test/a.spec.ts': ['passed', 'pending'] }, ['test'], /^pending: test 1/],
    [
      'a file without a test',
      { 'test/a.spec.ts': ['passed'], 'test/b.spec.ts': [] },
      ['test'],
      /^ran no test/,
    ],
    ['a kind that did not run', { 'test/a.spec.ts': ['passed'] }, ['services'], /^no test of services ran/],
    ['a part that did not run', { 'test/a.spec.ts': ['passed'] }, ['soak'], /^no test of soak ran/],
  ])('fails for %s', (_, files, expected, said) => {
    result('test.json', files);
    const { status, stderr } = count(...expected);
    expect([status, stderr]).toEqual([1, expect.stringMatching(said)]);
  });

  it('fails when nothing ran at all', () => {
    expect(count()).toMatchObject({ status: 1, last: '0 passed, 0 failed' });
  });

  it('prints the ten slowest files, the slowest first', () => {
    const files = Array.from({ length: 12 }, (_, i) => `test/file-${i}.spec.ts`);
    result('test.json', Object.fromEntries(files.map((file) => [file, ['passed'] as const])));
    const lines = count('unit')
      .stdout.split('\n')
      .filter((line) => line.includes('file-'));
    expect(lines).toHaveLength(10);
    expect(lines[0]!.trim()).toBe('12.0  test/file-11.spec.ts (test)');
  });
});
