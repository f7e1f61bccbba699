import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { asSubject, isSubject, subjectKey, subjectOfKey } from './subject-key.js';

const LOOK_ALIKES = [
  ['Alice', 'alice', 'ALICE', 'aLice'],
  ['é', 'e', 'e\u0301', 'É', 'ê'],
  ['a', 'a ', ' a', 'a\0', 'a\t', 'a\u00a0'],
  ['ß', 'ss', 'ẞ'],
  ['ı', 'i', 'I', 'İ'],
  ['=41', 'A', '=', '==', '=3d', '=3D'],
  ['1', '01', '1.0', '１'],
  ['a/b', 'a\\b', 'a%2fb'],
  ['😀', '😁'],
].flat();

describe('subjectKey', () => {
  it('leaves the usual ids as they are', () => {
    for (const id of [
      '1',
      '42',
      '0b7e2a54-3f1c-4d55-9b8e-0a1b2c3d4e5f',
      'user:7',
      'ada@example.com',
      'a_b.c-d',
    ])
      expect(subjectKey(id)).toBe(id);
  });

  it('keeps apart what a collation may take for one', () => {
    const keys = LOOK_ALIKES.map((subject) => subjectKey(subject));
    expect(new Set(keys).size).toBe(LOOK_ALIKES.length);
    // In an alphabet in which no collation folds, ignores or trims anything: lower case ASCII, no spaces.
    const folded = keys.map((key) => key.normalize('NFKD').toLowerCase().trim());
    expect(folded).toEqual(keys);
    for (const key of keys) expect(key).toMatch(/^[a-z0-9._:@=-]*$/);
  });

  it('can be read back, whatever it was: two subjects never share a key', () => {
    const random = Array.from({ length: 500 }, () =>
      randomBytes(12).toString('utf8').replaceAll('\ufffd', '?'),
    );
    for (const subject of [...LOOK_ALIKES, ...random, '', '='.repeat(20), '\u{10ffff}'])
      expect(subjectOfKey(subjectKey(subject))).toBe(subject);
    expect(asSubject.from(asSubject.to('Ünï'))).toBe('Ünï');
  });

  it('writes every other byte as = and two digits', () => {
    expect(subjectKey('Ab c=é')).toBe('=41b=20c=3d=c3=a9');
  });

  it('gives the key of the global epoch to no subject', () => {
    expect(subjectKey('')).toBe('');
    expect(isSubject('')).toBe(false);
    expect(subjectKey('\0nobody')).not.toBe('');
  });
});

describe('isSubject', () => {
  it('is a text that fits its column', () => {
    expect(isSubject('a'.repeat(255))).toBe(true);
    expect(isSubject('a'.repeat(256))).toBe(false);
    expect(isSubject('A'.repeat(85))).toBe(true);
    expect(isSubject('A'.repeat(86))).toBe(false);
  });

  it('is nothing else', () => {
    for (const value of ['', null, undefined, 1, {}, ['a'], '\ud800', 'a\udc00', new String('a')])
      expect(isSubject(value)).toBe(false);
  });
});
