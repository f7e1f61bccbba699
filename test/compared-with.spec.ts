// docs/compared-with.md: what it says of this package is shown by a test, and what it says of others names its source.
import { describe, expect, it } from '@jest/globals';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { readPage, rowsOf } from './support/markdown.js';

const page = readPage('docs/compared-with.md');
const rows = rowsOf(page, 'question');
const testsIn = (cell: string) => [...cell.matchAll(/\]\(\.\.\/(test\/[^)]+)\)/g)].map(([, path]) => path!);

describe('docs/compared-with.md', () => {
  it('has rows', () => expect(rows.length).toBeGreaterThan(8));

  it.each(rows.map((row) => [row[0]!, row[1]!] as const))('shows by a test: %s', (_, ours) => {
    const tests = testsIn(ours);
    expect(tests).not.toEqual([]);
    for (const path of tests) {
      expect(path).toMatch(/-spec\.ts$/);
      expect([path, existsSync(join(import.meta.dirname, '..', path))]).toEqual([path, true]);
    }
  });

  it('has a source for each number, and a number for each source', () => {
    const named = new Set(
      rows.flatMap((row) => [...row.join(' ').matchAll(/\[(\d+)\]/g)].map(([, number]) => number)),
    );
    const given = page.prose.flatMap((line) => /^(\d+)\. /.exec(line)?.[1] ?? []);
    expect([...named].sort()).toEqual(given.sort());
  });
});
