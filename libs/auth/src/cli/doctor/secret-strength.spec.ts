import { describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { weaknessOf } from './secret-strength.js';

describe('weaknessOf', () => {
  it.each(['base64', 'base64url', 'hex', 'latin1'] as const)('takes random bytes in %s', (encoding) => {
    const found = Array.from({ length: 500 }, () => weaknessOf(randomBytes(32).toString(encoding)));
    expect(found.filter((weakness) => weakness !== null)).toEqual([]);
  });

  it.each([
    ['your-256-bit-secret-your-256-bit-secret', /examples/],
    ['a-string-secret-at-least-256-bits-long', /examples/],
    ['change_me_change_me_change_me_change_me', /examples/],
    ['correct horse battery staple and more', /examples/],
    ['x'.repeat(64), /repeats itself/],
    ['abcdefgh'.repeat(8), /repeats itself/],
    ['0123456789abcdef'.repeat(4), /repeats itself/],
    ['the quick brown fox jumps over the lazy dog', /made of words/],
  ])('says why %s can be guessed', (secret, why) => {
    expect(weaknessOf(secret)).toMatch(why);
  });
});
