/** The mutation run takes long: whether each of its mutants can still be made is told here, with the unit tests. */
import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

interface Mutant {
  readonly breaks: string;
  readonly file: string;
  readonly find: string;
  readonly put: string;
}

const list = pathToFileURL(join(process.cwd(), 'scripts/mutation/mutants.mjs')).href;
const { MUTANTS } = (await import(list)) as { MUTANTS: readonly Mutant[] };

describe('the mutants', () => {
  it('change a text that is in its file once', () => {
    const lost = MUTANTS.filter(({ file, find, put }) => {
      const text = readFileSync(join('libs/auth/src', file), 'utf8');
      return text.split(find).length !== 2 || put === find;
    });
    expect(lost.map(({ file, breaks }) => `${file}: ${breaks}`)).toEqual([]);
    expect(MUTANTS.length).toBeGreaterThan(100);
  });
});
