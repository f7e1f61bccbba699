// docs/interoperability.md says of each library what the tests of it show.
import { describe, expect, it } from '@jest/globals';
import { readPages, rowsOf } from '../support/markdown.js';
import { INTEROP_ALGORITHMS } from './jwt-library.js';
import { FAST_JWT, JOSE, JSONWEBTOKEN } from './npm-libraries.js';
import { CRYPT_JWT, PYJWT } from './outside-libraries.js';

describe('docs/interoperability.md', () => {
  it('has a row for every library, with the algorithms that it knows', () => {
    const page = readPages().find(({ path }) => path === 'docs/interoperability.md')!;
    const rows = rowsOf(page, 'library').map(([name = '', , algorithms = '']) => [
      name,
      algorithms.split(', '),
    ]);
    const tested = [JOSE, FAST_JWT, JSONWEBTOKEN, PYJWT, CRYPT_JWT].map(({ name, lacks }) => [
      name,
      INTEROP_ALGORITHMS.filter((alg) => !lacks.includes(alg)),
    ]);
    expect(rows).toEqual(tested);
  });
});
