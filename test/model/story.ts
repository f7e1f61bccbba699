import type { World } from './world.js';

const MINUTE = 60_000;

/** What a story calls a token: its generation, with a prime for each other token of that generation handed out before. */
export function tokenName(world: World, token: string): string {
  if (token === '') return 'nothing';
  const [familyId, generation] = token.split('/');
  const seen = world.history.families.map(({ id }) => id);
  const family = seen.indexOf(familyId!);
  const alike = world.history.rotations
    .flatMap(({ successors }) => successors)
    .filter((other) => other.startsWith(`${familyId}/${generation}/`));
  const primes = Math.max(0, alike.indexOf(token) === -1 ? alike.length : alike.indexOf(token));
  return `${family > 0 ? `family ${family + 1}'s ` : ''}g${generation}${"'".repeat(primes)}`;
}

/** 31 s, 1 h 1 s: as a story says it. */
export function spoken(ms: number): string {
  const units: readonly (readonly [string, number])[] = [
    ['d', 1440 * MINUTE],
    ['h', 60 * MINUTE],
    ['min', MINUTE],
    ['s', 1000],
    ['ms', 1],
  ];
  const parts: string[] = [];
  let left = ms;
  for (const [unit, size] of units) {
    const count = Math.floor(left / size);
    if (count > 0) parts.push(`${count} ${unit}`);
    left -= count * size;
  }
  return parts.join(' ') || '0 s';
}
