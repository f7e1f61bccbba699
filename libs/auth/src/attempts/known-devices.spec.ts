import { describe, expect, it } from '@jest/globals';
import { DerivedKeys } from '../crypto/derived-keys.js';
import { KnownDevices } from './known-devices.js';

const DAY_MS = 24 * 3_600_000;
const SECRET = 'a secret of at least thirty-two bytes, for tests';

describe('the device cookie', () => {
  const clock = { at: 20_000 * DAY_MS, now: () => clock.at };
  const devicesOf = (...secrets: string[]) =>
    new KnownDevices(new DerivedKeys(secrets, 'https://api.example.com'), clock);
  const devices = devicesOf(SECRET);

  it('is known to the subject that signed in there, and to no other', () => {
    const text = devices.after(undefined, 'ada', 1)!;
    expect(text).toMatch(/^d1_[\w-]+$/);
    expect(devices.knows(text, 'ada', 1)).toBe(true);
    expect(devices.knows(text, 'bob', 1)).toBe(false);
    expect(devices.knows(undefined, 'ada', 1)).toBe(false);
  });

  it('is unknown after a change of credentials, and made anew by the next sign-in', () => {
    const text = devices.after(undefined, 'ada', 1)!;
    expect(devices.knows(text, 'ada', 2)).toBe(false);
    const next = devices.after(text, 'ada', 2)!;
    expect([devices.knows(next, 'ada', 2), devices.knows(next, 'ada', 1)]).toEqual([true, true]);
  });

  it('is known for 180 days, and made anew by a sign-in after 30', () => {
    const text = devices.after(undefined, 'ada', 1)!;
    expect(devices.after(text, 'ada', 1)).toBeNull();
    clock.at += 30 * DAY_MS;
    const next = devices.after(text, 'ada', 1)!;
    expect(next.length).toBe(text.length);
    clock.at += 150 * DAY_MS;
    expect([devices.knows(text, 'ada', 1), devices.knows(next, 'ada', 1)]).toEqual([false, true]);
  });

  it('is known to the five who signed in last', () => {
    let text: string | undefined;
    for (const name of ['a', 'b', 'c', 'd', 'e', 'f']) text = devices.after(text, name, 0) ?? text;
    const known = ['a', 'b', 'c', 'd', 'e', 'f'].filter((name) => devices.knows(text, name, 0));
    expect(known).toEqual(['b', 'c', 'd', 'e', 'f']);
    expect(text!.length).toBeLessThan(170);
  });

  it('is good under every secret, and under no other one', () => {
    const text = devicesOf('another secret of thirty-two bytes or more').after(undefined, 'ada', 1)!;
    expect(devices.knows(text, 'ada', 1)).toBe(false);
    expect(devicesOf(SECRET, 'another secret of thirty-two bytes or more').knows(text, 'ada', 1)).toBe(true);
  });

  it('cannot be altered, and other texts are no device', () => {
    const text = devices.after(undefined, 'ada', 1)!;
    const raw = Buffer.from(text.slice(3), 'base64url');
    for (let bit = 0; bit < raw.length * 8; bit++) {
      const forged = Buffer.from(raw);
      forged[bit >> 3]! ^= 1 << (bit & 7);
      expect(devices.knows(`d1_${forged.toString('base64url')}`, 'ada', 1)).toBe(false);
    }
    for (const wrong of [
      '',
      'd1_',
      text.slice(0, -1),
      `${text}A`,
      `${text}=`,
      text.slice(3),
      `d1_${'A'.repeat(500)}`,
    ])
      expect(devices.knows(wrong, 'ada', 1)).toBe(false);
  });
});
