/** Each row of docs/asvs.md names a test that exists, or a page, or says that it is not met. */
import { describe, expect, it } from '@jest/globals';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readPage, rowsOf } from './support/markdown.js';

const DOCS = join(import.meta.dirname, '../docs');
const rows = rowsOf(readPage('docs/asvs.md'), 'requirement');
const TEST = /\[[^\]]+\]\((\.\.\/[^)]+-spec\.ts|\.\.\/[^)]+\.spec\.ts)\): (.+?)(?=$|; \[|\. [A-Z])/g;
/** How many requirements each section of version 5.0.0 has. */
const SECTIONS = {
  '6.1': 3,
  '6.2': 12,
  '6.3': 8,
  '6.4': 6,
  '6.5': 8,
  '6.6': 4,
  '6.7': 2,
  '6.8': 4,
  '7.1': 3,
  '7.2': 4,
  '7.3': 2,
  '7.4': 5,
  '7.5': 3,
  '7.6': 2,
};

/** What is wrong with the way a row is shown; null: nothing. */
function wrongWith(shown: string): string | null {
  if (/^(not met|yours|absent)(?![a-z])/.test(shown)) return null;
  const tests = [...shown.matchAll(TEST)];
  if (tests.length === 0)
    return /^\[[^\]]+\]\([a-z-]+\.md(#[a-z-]+)?\)$/.test(shown) ? null : 'names nothing';
  for (const [, path = '', title = ''] of tests) {
    const file = join(DOCS, path);
    if (!existsSync(file)) return `there is no ${path}`;
    const text = readFileSync(file, 'utf8');
    if (![`'${title}`, `"${title}`, `\`${title}`].some((start) => text.includes(start)))
      return `there is no test "${title}" in ${path}`;
  }
  return null;
}

describe('docs/asvs.md', () => {
  it('has every requirement of both chapters, once and in order', () => {
    const expected = Object.entries(SECTIONS).flatMap(([section, count]) =>
      Array.from({ length: count }, (_, i) => `${section}.${i + 1}`),
    );
    expect(rows.map(([requirement]) => requirement)).toEqual(expected);
    for (const [, level] of rows) expect(level).toMatch(/^[123]$/);
  });

  it.each(rows.map((row) => [row[0]!, row[3]!] as const))('%s is shown: %s', (_, shown) => {
    expect(wrongWith(shown)).toBe(null);
  });

  it('would be seen to name what is not there', () => {
    expect(wrongWith('[a](../test/threats.spec.ts): has a line for each thief')).toBe(null);
    expect(wrongWith('[a](../test/threats.spec.ts): has none')).toMatch(/no test "has none"/);
    expect(wrongWith('[a](../test/none.spec.ts): has none')).toBe('there is no ../test/none.spec.ts');
    expect(wrongWith('of course')).toBe('names nothing');
    expect(wrongWith('notable')).toBe('names nothing');
  });
});
