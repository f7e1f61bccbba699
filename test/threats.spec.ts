/** Each line of docs/threats.md names a test: the file is there, and the test in it. */
import { describe, expect, it } from '@jest/globals';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const DOCS = join(import.meta.dirname, '../docs');
const LINE = /^\| (can|cannot) +\| (.+?) +\| \[[^\]]+\]\(([^)]+)\): (.+?) +\|$/;
const rows = readFileSync(join(DOCS, 'threats.md'), 'utf8')
  .split('\n')
  .filter((line) => /^\| *can/.test(line));

/** Whether one of a file's tests is called this, or begins with it. */
function hasTest(text: string, title: string): boolean {
  return [`'${title}`, `"${title}`, `\`${title}`].some((start) => text.includes(start));
}

describe('what docs/threats.md says of a thief', () => {
  it('has a line for each thief', () => {
    expect(rows.length).toBeGreaterThan(30);
  });

  it.each(rows)('is shown by the test that it names: %s', (row) => {
    const [, , , path = '', title = ''] = LINE.exec(row) ?? [];
    const file = join(DOCS, path);
    expect([path, existsSync(file)]).toEqual([path, true]);
    expect([title, hasTest(readFileSync(file, 'utf8'), title)]).toEqual([title, true]);
  });

  it('is not shown by a test that is not there', () => {
    expect(hasTest(`it('does something', () => {})`, 'does nothing')).toBe(false);
  });
});
