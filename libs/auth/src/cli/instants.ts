const UNITS = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['min', 60_000],
  ['s', 1_000],
] as const;

/** A length of time in its two largest units, such as "2 hours 5 min". */
export function inWords(ms: number): string {
  let left = Math.round(Math.abs(ms) / 1_000) * 1_000;
  const words: string[] = [];
  for (const [unit, size] of UNITS) {
    const count = Math.floor(left / size);
    left -= count * size;
    if (count > 0) words.push(`${count} ${unit}${count > 1 && /y$|r$/.test(unit) ? 's' : ''}`);
    else if (words.length > 0) break;
    if (words.length === 2) break;
  }
  return words.join(' ') || '0 s';
}

/** An instant in ISO 8601, and how far from now it is: "2026-11-28T16:15:00Z (in 12 min)". */
export function instant(ms: number, now: number): string {
  const away = ms > now ? `in ${inWords(ms - now)}` : `${inWords(now - ms)} ago`;
  return `${iso(ms)} (${away})`;
}

export function iso(ms: number): string {
  const date = new Date(ms);
  // A claim may hold any number.
  return Number.isNaN(date.getTime()) ? 'no instant' : date.toISOString().replace('.000Z', 'Z');
}
