import { describe, expect, it } from '@jest/globals';
import { durationMs } from './duration.js';

describe('durationMs', () => {
  it.each([
    ['0s', 0],
    ['1ms', 1],
    ['500ms', 500],
    ['30s', 30_000],
    ['15m', 900_000],
    ['12h', 43_200_000],
    ['30d', 2_592_000_000],
    ['9999999999ms', 9_999_999_999],
  ])('reads %s as %d milliseconds', (text, ms) => {
    expect(durationMs(text)).toBe(ms);
  });

  it.each<[unknown]>([
    [''],
    ['15'],
    ['m'],
    ['15 m'],
    [' 15m'],
    ['15m '],
    ['15m\n'],
    ['15M'],
    ['1.5h'],
    ['-1s'],
    ['+1s'],
    ['1e3s'],
    ['0x1s'],
    ['01s'],
    ['00s'],
    ['1h30m'],
    ['1w'],
    ['1y'],
    ['15min'],
    ['٣s'],
    ['12345678901ms'],
    ['Infinityd'],
    [15],
    [900_000],
    [0],
    [null],
    [undefined],
    [true],
    [['15m']],
    [{ toString: () => '15m' }],
  ])('takes %j for no duration', (value) => {
    expect(durationMs(value)).toBeUndefined();
  });
});
