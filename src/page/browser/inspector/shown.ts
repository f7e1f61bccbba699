const MAX_SHOWN = 1000;
const MAX_DEPTH = 50;

/** A text of strangers as a page may show it: characters that are invisible, or turn the line around, are spelled out. */
export function visible(text: string): string {
  return text.replace(
    /[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/gu,
    (sign) => `\\u{${sign.codePointAt(0)!.toString(16)}}`,
  );
}

/** A value of a claim, as JSON on one line. Long ones are cut, and deep ones only counted. */
export function shownValue(value: unknown): string {
  if (value === undefined) return 'left out';
  // A number that JSON may hold and a double may not.
  if (typeof value === 'number' && !Number.isFinite(value)) return String(value);
  const depth = depthOf(value);
  if (depth > MAX_DEPTH) return `a value that is nested ${depth} deep, not shown`;
  const text = JSON.stringify(value);
  // A name that is cut in the middle of a pair of surrogates is spelled out by `visible`.
  return text.length > MAX_SHOWN
    ? `${visible(text.slice(0, MAX_SHOWN))}… (${text.length} characters)`
    : visible(text);
}

/** How deep a value is nested; without recursion, because a few KiB can nest deeper than the stack. */
function depthOf(value: unknown): number {
  let depth = 0;
  let level: unknown[] = [value];
  while (level.length > 0) {
    level = level.flatMap((one) => (typeof one === 'object' && one !== null ? Object.values(one) : []));
    depth += 1;
  }
  return depth - 1;
}

const LOCAL_TIME = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'long' });
const MAX_DATE_MS = 8.64e15;

/** An instant in the reader's time zone, and how far from now it is: "28 Nov 2026, 23:10:05 UTC (in 14 minutes)". */
export function instantText(ms: number, now: number): string {
  if (!(Math.abs(ms) <= MAX_DATE_MS)) return 'no instant';
  return `${LOCAL_TIME.format(ms)} (${distanceText(ms - now)})`;
}

const UNITS = [
  ['year', 31_536_000_000],
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1_000],
] as const;

/** "in 14 minutes", "3 days ago", "now". */
export function distanceText(ms: number): string {
  const length = Math.abs(ms);
  const [unit, size] = UNITS.find(([, long]) => length >= long) ?? UNITS[4];
  const count = Math.floor(length / size);
  if (count === 0) return 'now';
  const words = `${count} ${unit}${count === 1 ? '' : 's'}`;
  return ms > 0 ? `in ${words}` : `${words} ago`;
}
