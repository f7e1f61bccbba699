/**
 * A length of time as it is written in options: a whole number and a unit, `'15m'`, `'30d'`, `'500ms'`. A bare
 * number does not compile: its unit would be unclear.
 */
export type Duration = `${bigint}${'ms' | 's' | 'm' | 'h' | 'd'}`;

const UNIT_MS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const FORM = /^(0|[1-9]\d{0,9})(ms|s|m|h|d)$/;

/** Milliseconds of a duration, or `undefined` for anything that is not one. */
export function durationMs(value: unknown): number | undefined {
  const match = typeof value === 'string' ? FORM.exec(value) : null;
  return match ? Number(match[1]) * UNIT_MS[match[2] as keyof typeof UNIT_MS] : undefined;
}
