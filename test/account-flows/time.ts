import type { Places } from './places.js';

/** Databases keep their own clock: the instants of links and codes are moved into the past. */
export async function timePassesForLinks({ app }: Places, ms: number): Promise<void> {
  const table = app.source.getMetadata('ActionToken').tablePath;
  const columns = ['created_at', 'expires_at', 'spent_at', 'ending_due'];
  const set = columns.map((name) => `"${name}" = "${name}" - ${ms}`).join(', ');
  await app.source.query(`UPDATE "${table}" SET ${set}`);
}
