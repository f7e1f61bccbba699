import { describe, expect, it } from '@jest/globals';
import { addressIn, isSameClient } from './address.js';

describe('addressIn', () => {
  it.each([
    ['203.0.113.7', '203.0.113.7'],
    ['203.0.113.7:51234', '203.0.113.7'],
    ['2001:db8::1', '2001:db8::1'],
    ['[2001:db8::1]', '2001:db8::1'],
    ['[2001:db8::1]:443', '2001:db8::1'],
    ['fe80::1%eth0', 'fe80::1'],
    ['[fe80::1%eth0]:80', 'fe80::1'],
    ['::ffff:203.0.113.7', '::ffff:203.0.113.7'],
    ['[::ffff:203.0.113.7]:80', '::ffff:203.0.113.7'],
  ])('finds it in %s', (text, address) => {
    expect(addressIn(text)).toBe(address);
  });

  it.each([
    null,
    undefined,
    '',
    'unknown',
    '_hidden',
    '203.0.113',
    '203.0.113.007',
    '203.0.113.7:',
    '203.0.113.7:http',
    '203.0.113.7:123456',
    '203.0.113.7, 198.51.100.1',
    '[2001:db8::1',
    '2001:db8::1]:443',
    '[2001:db8::1]443',
    '2001:db8:::1',
    '[[::1]]',
    '<script>alert(1)</script>',
    "1.2.3.4'; drop table auth_session",
    `${'0'.repeat(200)}1.2.3.4`,
  ])('finds none in %s', (text) => {
    expect(addressIn(text)).toBeNull();
  });
});

describe('isSameClient', () => {
  it.each<[string | null, string | null, boolean]>([
    ['203.0.113.7', '203.0.113.7', true],
    ['203.0.113.7', '203.0.113.8', false],
    ['203.0.113.7', '::ffff:203.0.113.7', true],
    ['203.0.113.7:1', '203.0.113.7:2', true],
    ['2001:db8:1:2::1', '2001:DB8:0001:2:ffff::2', true],
    ['2001:db8:1:2::1', '2001:db8:1:3::1', false],
    ['2001:db8::1', '203.0.113.7', false],
    ['203.0.113.7', null, false],
    [null, null, true],
  ])('%s and %s: %s', (one, other, same) => {
    expect(isSameClient(one, other)).toBe(same);
    expect(isSameClient(other, one)).toBe(same);
  });
});
