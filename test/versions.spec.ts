/** What the README promises of versions, the ranges of the manifest, and the rows of the matrix say the same. */
import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type LockFile, ROWS, versionIn } from '../scripts/matrix/rows.mjs';
import { MANIFEST } from './support/entries.js';

const ROOT = join(import.meta.dirname, '..');
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');
const lock = JSON.parse(read('package-lock.json')) as LockFile;
const { engines, peerDependencies } = MANIFEST as unknown as {
  engines: { node: string };
  peerDependencies: Record<string, string>;
};
const section = /\n## Supported versions\n([\s\S]*?)\n## /.exec(read('README.md'))![1]!;
const cells = section
  .split('\n')
  .filter((line) => line.startsWith('| ') && !line.startsWith('| ---'))
  .map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim().replace(/^`([^`]*)`$/, '$1')),
  );

/** Whether a version, or the lowest of a range, is in one of the ranges: `^1.2.3` and `>=1.2.3` are all there are. */
function isWithin(version: string, ranges: string): boolean {
  const [major, ...rest] = numbersOf(version);
  return ranges.split(' || ').some((range) => {
    const [lowMajor, ...lowRest] = numbersOf(range);
    if (range.startsWith('>=') && major! > lowMajor!) return true;
    if (major !== lowMajor) return false;
    // Below 1, the second number is the major one.
    if (major === 0 && rest[0] !== lowRest[0]) return false;
    return rest[0]! > lowRest[0]! || (rest[0] === lowRest[0] && rest[1]! >= lowRest[1]!);
  });
}
/** A line such as 24 stands for its newest release. */
const numbersOf = (version: string): number[] => {
  const numbers = version.replace(/^\D+/, '').split('.').map(Number);
  while (numbers.length < 3) numbers.push(Number.MAX_SAFE_INTEGER);
  return numbers;
};

/** Peers whose versions the rows say; of the others (Passport, RxJS, ...) one version is tested. */
const VARIED = Object.keys(peerDependencies).filter((name) => ROWS.some(({ packages }) => packages[name]));

describe('the supported versions', () => {
  it('are in the README as in the manifest', () => {
    const documented = Object.fromEntries(
      cells.filter(([name]) => name === 'Node.js' || VARIED.includes(name!)),
    );
    const ranges = Object.fromEntries(VARIED.map((name) => [name, peerDependencies[name]!]));
    expect(documented).toEqual(
      Object.fromEntries(
        Object.entries({ 'Node.js': engines.node, ...ranges }).map(([name, range]) => [
          name,
          range.replaceAll(' || ', ', '),
        ]),
      ),
    );
    expect(VARIED.length).toBeGreaterThan(7);
  });

  it('begin with those that a row has', () => {
    for (const name of VARIED)
      for (const range of peerDependencies[name]!.split(' || '))
        expect([name, ROWS.map(({ packages }) => packages[name])]).toEqual([
          name,
          expect.arrayContaining([range.slice(1)]),
        ]);
  });

  it('contain each version of every row', () => {
    for (const row of ROWS) {
      expect([row.name, isWithin(row.node, engines.node)]).toEqual([row.name, true]);
      for (const name of VARIED)
        expect([row.name, name, isWithin(versionIn(row, name, lock), peerDependencies[name]!)]).toEqual([
          row.name,
          name,
          true,
        ]);
    }
  });

  it('have a row for each line of Node.js', () => {
    for (const line of ['20.19', '22', '24', '26'])
      expect(ROWS.map(({ node }) => node)).toEqual(
        expect.arrayContaining([expect.stringMatching(`^${line}\\b`)]),
      );
  });

  it('are tested in the rows that the README lists', () => {
    const listed = cells.filter(([name]) => ROWS.some((row) => row.name === name));
    expect(listed).toEqual(
      ROWS.map(({ name, node, packages, typescript }) => [
        name,
        node,
        packages['@nestjs/core'] ?? 'locked',
        packages['typeorm'] ?? 'locked',
        typescript,
      ]),
    );
  });
});

it.each([
  ['20.18.9', false],
  ['20.19.0', true],
  ['21.0.0', false],
  ['22.13.0', true],
  ['24.10.0', false],
  ['26', true],
])('Node.js %s is supported: %s', (version, expected) => {
  expect(isWithin(version, '^20.19.0 || ^22.13.0 || >=24.11.0')).toBe(expected);
});
