import { randomUUID } from 'node:crypto';
import { withinDeadline } from '../time/deadline.js';
import type { ApplicationCache } from './cache-options.js';

/** Longer than a request would wait: a client may have to connect first. */
const PROBE_MS = 2_000;
const LIFE_MS = 10_000;

/**
 * Writes to the application's cache under a key of its own and reads it back. What is wrong, in a sentence for its
 * operator, within 4 s; null when nothing is. Never throws: nothing but speed depends on the cache.
 */
export async function probeCache(cache: ApplicationCache): Promise<string | null> {
  const key = `aerie:probe:${randomUUID()}`;
  const value = randomUUID();
  const written = await withinDeadline(PROBE_MS, () => cache.set(key, value, LIFE_MS));
  const [read, lacking] = await Promise.all([
    withinDeadline(PROBE_MS, () => cache.get(key)),
    storesLacking(cache, key, value),
  ]);
  // Not awaited: the value expires soon anyway.
  void withinDeadline(PROBE_MS, () => cache.del(key));
  if (lacking.length > 0) return `${UNFIT} (not in ${lacking.join(', ')}): ${CONSEQUENCE}`;
  if (written.kind !== 'answered') return `${UNFIT} (set was ${WHY[written.kind]}): ${CONSEQUENCE}`;
  if (read.kind !== 'answered') return `${UNFIT} (get was ${WHY[read.kind]}): ${CONSEQUENCE}`;
  return read.value === value ? null : `${UNFIT} (got something else, or nothing): ${CONSEQUENCE}`;
}

const UNFIT = '"cache" must hold what is written to it';
const WHY = { failed: 'refused', silent: `not answered in ${PROBE_MS} ms` } as const;
const CONSEQUENCE = 'sign-ins are read from the table instead, by each node for itself';

/** A cache of several tiers shows its stores; one that is away is hidden by those before it. */
async function storesLacking(cache: ApplicationCache, key: string, value: string): Promise<string[]> {
  const { stores } = cache as { readonly stores?: unknown };
  if (!Array.isArray(stores)) return [];
  const lacking = await Promise.all(
    stores.map(async (store: unknown, i) => {
      const found = await withinDeadline(PROBE_MS, () => (store as ApplicationCache).get(key));
      return found.kind === 'answered' && found.value === value
        ? null
        : `store ${i + 1} of ${stores.length}${nameOf(store)}`;
    }),
  );
  return lacking.filter((one) => one !== null);
}

/** A Keyv shows the store that it wraps: the name of its class, and nothing of its address. */
function nameOf(store: unknown): string {
  const name = (store as { store?: { constructor?: { name?: unknown } } } | null)?.store?.constructor?.name;
  return typeof name === 'string' && name !== '' ? `, ${name}` : '';
}
