import { describe, expect, it } from '@jest/globals';
import { changed, described, type FamilyChange, held, NEW_FAMILY, summary } from './family.js';

const after = (...changes: FamilyChange[]) => changes.reduce(changed, NEW_FAMILY);
const rotated = (generation: number) => ({ type: 'token_rotated', generation });

describe('a family in the picture', () => {
  it('follows rotations, in whatever order they are heard', () => {
    expect(after(rotated(1), rotated(2)).newest).toBe(2);
    expect(after(rotated(2), rotated(1)).newest).toBe(2);
  });

  it('counts a replay for the token that came back', () => {
    const family = after(rotated(1), rotated(2), { type: 'token_replayed' }, { type: 'token_replayed' });
    expect(family).toMatchObject({ newest: 2, replays: { 1: 2 }, end: null });
    expect(described(family)[1]).toBe('Token 2: used up; it came again 2 times and got the same successor.');
  });

  it('dies of a reuse, with the access token, and nothing changes it afterwards', () => {
    const dead = after(rotated(1), rotated(2), { type: 'reuse_detected', distance: 2 });
    expect(dead).toMatchObject({ end: { by: 'reuse', presented: 0 }, accessToken: 'refused' });
    expect(changed(dead, rotated(3))).toBe(dead);
    expect(changed(dead, { type: 'sign_in_ended' })).toBe(dead);
    expect(described(dead)).toContain('Token 1 came back: two holders. The whole family has ended.');
    expect(summary(dead)).toMatch(/all of them are dead/);
  });

  it('ends when its sign-in or all of the user’s are ended', () => {
    for (const type of ['sign_in_ended', 'subject_ended'])
      expect(after({ type }).end).toEqual({ by: 'ended', presented: null });
  });

  it('leaves other events alone', () => {
    for (const type of ['signed_in', 'refresh_refused', 'constructor', '__proto__'])
      expect(after({ type })).toBe(NEW_FAMILY);
  });

  it('tells who holds what', () => {
    const copied = held(held(NEW_FAMILY, 'thief', 0), 'tab', 0);
    expect(described(copied)[0]).toBe(
      'Token 1: the good one, held by you and your second tab and the thief.',
    );
    expect(held(copied, 'tab', null).holders).toEqual({ you: 0, thief: 0 });
    expect(summary(copied)).toBe('A refresh-token family of one token: token 1 is good.');
  });
});
