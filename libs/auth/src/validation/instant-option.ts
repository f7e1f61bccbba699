import type { OptionReader } from './option-reader.js';

const LONGEST_MS = 366 * 86_400_000;

const isInstant = (v: unknown): v is string =>
  typeof v === 'string' && /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(v) && Number.isFinite(Date.parse(v));

/**
 * Reads the end of something that is for a while: ISO 8601 in UTC, at most 366 days after `now`. In epoch milliseconds. Throws
 * AuthConfigError.
 */
export function instantOption(reader: OptionReader, key: string, now: number): number {
  const given = reader.custom(
    key,
    'an ISO 8601 instant in UTC such as "2027-03-01T00:00:00Z", at most 366 days away',
    isInstant,
  );
  if (Date.parse(given) > now + LONGEST_MS) reader.refuse(key, 'at most 366 days away', given);
  return Date.parse(given);
}
