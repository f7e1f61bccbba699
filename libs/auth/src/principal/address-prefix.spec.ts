import { describe, expect, it } from '@jest/globals';
import { addressPrefix, isPrivateAddress } from './address-prefix.js';

describe('what a client is counted by', () => {
  it.each([
    ['203.0.113.7', '203.0.113.7'],
    ['::ffff:203.0.113.7', '203.0.113.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:0DB8:0001:0002::9', '2001:db8:1:2::/64'],
    ['2001:db8::9', '2001:db8:0:0::/64'],
    ['2001:db8:1::3:4:5:6', '2001:db8:1:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['::', '0:0:0:0::/64'],
    ['1:2:3::', '1:2:3:0::/64'],
    ['64:ff9b::192.0.2.1', '64:ff9b:0:0::/64'],
    [null, null],
    ['', null],
    ['unknown', null],
    ['203.0.113.7:443', null],
    ['1.2.3', null],
  ])('of %p is %p', (ip, prefix) => {
    expect(addressPrefix(ip)).toBe(prefix);
  });

  it.each([
    ['127.0.0.2', true],
    ['::1', true],
    ['::ffff:10.1.2.3', true],
    ['172.31.0.1', true],
    ['172.32.0.1', false],
    ['fd00::1', true],
    ['fe80::1%eth0', true],
    ['203.0.113.7', false],
    ['2001:db8::1', false],
  ])('%p is of a private network: %p', (ip, isPrivate) => {
    expect(isPrivateAddress(ip)).toBe(isPrivate);
  });
});
