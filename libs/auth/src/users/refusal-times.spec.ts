import { describe, expect, it } from '@jest/globals';
import { RefusalTimes } from './refusal-times.js';

const [OURS, BCRYPT, DJANGO] = ['$argon2id$v=19$m=19456,t=2,p=1$', '$2b$12$', 'pbkdf2_sha256$1000$'];

function noted(first: string, ...checks: readonly (readonly [kind: string, ms: number])[]): RefusalTimes {
  const times = new RefusalTimes(first);
  for (const [kind, ms] of checks) times.note(kind, ms);
  return times;
}

describe('the time of a refused password', () => {
  it('is that of the check while there is one kind of hash', () => {
    const times = noted(OURS, [OURS, 20], [OURS, 30]);
    expect([times.slowest(), times.leastMs()]).toEqual([OURS, 0]);
  });

  it('is twice what the slowest kind takes, from its first check on', () => {
    const times = noted(OURS, [OURS, 20], [BCRYPT, 250], [DJANGO, 1]);
    expect([times.slowest(), times.leastMs()]).toEqual([BCRYPT, 500]);
  });

  it('is that of the kind which was named, before a check', () => {
    expect(noted(BCRYPT).slowest()).toBe(BCRYPT);
    expect(noted(BCRYPT, [OURS, 20]).slowest()).toBe(BCRYPT);
    expect(noted(BCRYPT, [BCRYPT, 250], [OURS, 20]).leastMs()).toBe(500);
  });

  it('is that of a slower kind than the one which was named', () => {
    expect(noted(BCRYPT, [BCRYPT, 250], ['$2b$13$', 500]).slowest()).toBe('$2b$13$');
  });

  it('grows with load, and does not with one pause of the machine', () => {
    const times = noted(OURS, [OURS, 20], ...Array.from({ length: 9 }, () => [BCRYPT, 250] as const));
    times.note(BCRYPT, 4_000);
    expect(times.leastMs()).toBe(500);
    for (let i = 0; i < 16; i++) times.note(BCRYPT, 400);
    expect(times.leastMs()).toBe(800);
  });

  it('is five seconds at most for both forms of a password: ten would be too late for its request', () => {
    const times = noted(OURS, [OURS, 20], [BCRYPT, 2_000]);
    expect([times.leastMs(1), times.leastMs(2)]).toEqual([4_000, 5_000]);
  });

  it('is five seconds at most, and few kinds are kept', () => {
    const times = noted(OURS, [OURS, 20], [BCRYPT, 9_000]);
    expect(times.leastMs()).toBe(5_000);
    for (let i = 0; i < 100; i++) times.note(`pbkdf2_sha256$${i}$`, i);
    expect(times.slowest()).toBe(OURS);
    times.note(OURS, 20);
    expect(times.slowest()).toBe('pbkdf2_sha256$99$');
  });
});
